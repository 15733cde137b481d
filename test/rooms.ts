// The rooms of the tree, and who may import whom: docs/architecture.md as data.

export interface Room {
  /** its files */
  readonly files: RegExp
  /** the rooms that these may import besides their own */
  readonly may: readonly string[]
}

const NOUNS = ['nouns', 'errors', 'time', 'machine']
/** What each room of the quarantine may import. */
const VIEWS = [...NOUNS, 'turns', 'store', 'quarantine/context']
/** The verbs, and the folders that they speak of. */
const VERBS = [...NOUNS, 'quarantine', 'quarantine/verbs', 'quarantine/folders']
const WIRE = ['errors', 'time', 'wire']
/** What gives way, and what is done elsewhere. */
const WORK = ['turns', 'threads', 'imap/reader']
/** What a phase of the bench may import, besides what it measures. */
const BENCH = ['nouns', 'bench/harness', 'bench/rivals']

/** Lists that several rooms have in common: not each of them needs all. */
export const SHARED: ReadonlySet<string> = new Set([...VERBS, ...VIEWS, ...WIRE, ...WORK, ...BENCH])

/** A file belongs to the first room that has it. */
export const ROOMS: Readonly<Record<string, Room>> = {
  'assembly/classifier': { files: /^assembly\/classifier\//, may: [] },
  'assembly/masks': { files: /^assembly\/masks\//, may: [] },
  assembly: { files: /^assembly\/index\.ts$/, may: ['assembly/classifier', 'assembly/masks'] },

  errors: { files: /^plugin\/errors\.ts$/, may: [] },
  time: { files: /^plugin\/time\.ts$/, may: [] },
  turns: { files: /^plugin\/(turns|budget)\.ts$/, may: ['errors'] },
  threads: { files: /^plugin\/threads\//, may: ['errors', 'turns'] },
  // Processes and users of this machine.
  machine: { files: /^plugin\/(alive|whose|running|version)\.ts$/, may: [] },
  text: { files: /^plugin\/text\.ts$/, may: [] },
  nouns: { files: /^plugin\/(mail|scope|address|network)\.ts$/, may: ['errors'] },
  // The servers that domains have for their passwords.
  backends: {
    files: /^plugin\/backends\//,
    may: ['nouns', 'errors', 'config', 'quarantine/eyes'],
  },
  config: {
    files: /^plugin\/(config|domain-config|settings|fields|report-keys|ini|cluster\/keys)\.ts$/,
    may: ['nouns', 'text'],
  },
  // Of the servers, as files.
  certificate: { files: /^plugin\/pem\.ts$/, may: ['machine'] },
  mime: { files: /^plugin\/mime\//, may: ['nouns', 'errors'] },
  // Sums of lessons by slot, as the filter makes and the store keeps them.
  layers: { files: /^plugin\/layers\//, may: [] },
  filter: { files: /^plugin\/filter\//, may: ['nouns', 'errors', 'layers'] },
  // What several machines share: an order of octets, which it does not understand.
  log: { files: /^plugin\/log\/(?:log|memory)\.ts$/, may: [] },
  'log/postgres': { files: /^plugin\/log\/postgres/, may: ['errors', 'log'] },
  store: {
    files: /^plugin\/store\//,
    may: ['nouns', 'errors', 'time', 'machine', 'turns', 'layers', 'log'],
  },
  'cluster/config': {
    files: /^plugin\/cluster\/config\.ts$/,
    may: ['machine', 'config', 'store', 'log/postgres'],
  },
  cluster: {
    files: /^plugin\/cluster\//,
    may: [
      'errors',
      'time',
      'config',
      'cluster/config',
      'log',
      'log/postgres',
      'store',
      'backup',
      'open',
    ],
  },
  'quarantine/eyes': {
    files: /^plugin\/quarantine\/(eyes|owner|outside)\.ts$/,
    may: [...NOUNS, 'config', 'store', 'turns'],
  },
  // What a process has in memory of the journal.
  'quarantine/memory': {
    files: /^plugin\/quarantine\/(follower|thought|lists\/copy|model\/(layers-)?copy)\.ts$/,
    may: [...NOUNS, 'config', 'filter', 'layers', 'store'],
  },
  'quarantine/context': {
    files: /^plugin\/quarantine\/(context|settings|known|ends|steps)\.ts$/,
    may: [...NOUNS, 'turns', 'config', 'filter', 'store', 'quarantine/eyes', 'quarantine/memory'],
  },
  'quarantine/accounts': {
    files: /^plugin\/quarantine\/accounts\//,
    may: [...VIEWS, 'quarantine/eyes', 'quarantine/notices'],
  },
  'quarantine/folders': {
    files: /^plugin\/quarantine\/folders\//,
    may: [...VIEWS, 'quarantine/eyes', 'config', 'mime'],
  },
  // What the quarantine itself writes to people.
  'quarantine/notices': {
    files: /^plugin\/quarantine\/notices\//,
    may: [...VIEWS, 'mime', 'quarantine/folders'],
  },
  'quarantine/lists': {
    files: /^plugin\/quarantine\/lists\//,
    may: [...VIEWS, 'quarantine/eyes', 'config', 'filter', 'mime'],
  },
  'quarantine/model': {
    files: /^plugin\/quarantine\/model\//,
    may: [
      ...VIEWS,
      'quarantine/eyes',
      'filter',
      'layers',
      'mime',
      'quarantine/lists',
      'quarantine/report',
    ],
  },
  'quarantine/drop': {
    files: /^plugin\/quarantine\/drop\//,
    may: [...VIEWS, 'quarantine/eyes', 'mime', 'quarantine/folders', 'quarantine/model'],
  },
  'quarantine/listing': {
    files: /^plugin\/quarantine\/listing\//,
    may: [...VIEWS, 'quarantine/eyes', 'mime', 'quarantine/folders'],
  },
  // How many, by day.
  'quarantine/stats': {
    files: /^plugin\/quarantine\/stats\//,
    may: [...VIEWS, 'quarantine/eyes', 'quarantine/folders'],
  },
  // Answers that are kept, and many items at one time.
  'quarantine/requests': {
    files: /^plugin\/quarantine\/requests\//,
    may: [...VIEWS, 'quarantine/drop'],
  },
  'quarantine/release': {
    files: /^plugin\/quarantine\/release\//,
    may: [...VIEWS, 'mime', 'quarantine/folders', 'quarantine/notices'],
  },
  // What central systems are told.
  'quarantine/report': {
    files: /^plugin\/quarantine\/report\//,
    may: [
      ...VIEWS,
      'quarantine/eyes',
      'config',
      'mime',
      'quarantine/folders',
      'quarantine/release',
    ],
  },
  // What people are told of their caught mail.
  'quarantine/digest': {
    files: /^plugin\/quarantine\/digest\//,
    may: [
      ...VIEWS,
      'quarantine/eyes',
      'config',
      'mime',
      'quarantine/drop',
      'quarantine/folders',
      'quarantine/listing',
      'quarantine/lists',
      'quarantine/notices',
      'quarantine/release',
    ],
  },
  // What a change would do to mail on hand.
  'quarantine/what-if': {
    files: /^plugin\/quarantine\/whatif\//,
    may: [
      ...VIEWS,
      'quarantine/eyes',
      'config',
      'filter',
      'mime',
      'quarantine/folders',
      'quarantine/lists',
      'quarantine/model',
    ],
  },
  'quarantine/upkeep': {
    files: /^plugin\/quarantine\/(expire|deleted|upkeep|history|concern|measures)\.ts$/,
    may: [
      ...VIEWS,
      'quarantine/eyes',
      'quarantine/folders',
      'quarantine/lists',
      'quarantine/stats',
    ],
  },
  'quarantine/estate': {
    files: /^plugin\/quarantine\/estate\.ts$/,
    may: [
      ...VIEWS,
      'quarantine/eyes',
      'quarantine/folders',
      'quarantine/model',
      'quarantine/upkeep',
      'quarantine/lists',
    ],
  },
  'quarantine/export': {
    files: /^plugin\/quarantine\/export\.ts$/,
    may: [
      ...VIEWS,
      'quarantine/accounts',
      'quarantine/estate',
      'quarantine/folders',
      'quarantine/listing',
      'quarantine/lists',
      'quarantine/model',
      'quarantine/upkeep',
    ],
  },
  'quarantine/verbs': {
    files: /^plugin\/quarantine\/verbs\//,
    may: [
      ...NOUNS,
      'turns',
      'quarantine/context',
      'quarantine/eyes',
      'config',
      'mime',
      'quarantine/accounts',
      'quarantine/estate',
      'quarantine/export',
      'quarantine/folders',
      'quarantine/listing',
      'quarantine/lists',
      'quarantine/model',
      'quarantine/digest',
      'quarantine/drop',
      'quarantine/report',
      'quarantine/requests',
      'quarantine/stats',
      'quarantine/what-if',
      'quarantine/upkeep',
    ],
  },
  'quarantine/mail path': {
    files: /^plugin\/quarantine\/(screen|screening|keep|remember|arrival|edit|system)\.ts$/,
    may: [
      ...VIEWS,
      'config',
      'mime',
      'quarantine/folders',
      'quarantine/lists',
      'quarantine/listing',
      'quarantine/model',
      'quarantine/digest',
      'quarantine/drop',
      'quarantine/release',
      'quarantine/report',
      'quarantine/stats',
      'quarantine/upkeep',
    ],
  },
  quarantine: {
    files: /^plugin\/quarantine\/quarantine\.ts$/,
    may: [
      ...NOUNS,
      'turns',
      'quarantine/context',
      'config',
      'quarantine/accounts',
      'quarantine/digest',
      'quarantine/verbs',
      'quarantine/upkeep',
      'quarantine/mail path',
    ],
  },
  open: {
    files: /^plugin\/open\.ts$/,
    may: [
      'nouns',
      'errors',
      'cluster/config',
      'config',
      'backends',
      'filter',
      'store',
      'quarantine',
      'quarantine/memory',
      'quarantine/model',
    ],
  },

  // What receives mail and what releases it meet in `haraka`, and nowhere else.
  haraka: {
    files: /^plugin\/haraka\/(route|answer|types|modules|setup|name)\.ts$/,
    may: ['nouns', 'errors', 'machine', 'config'],
  },
  'haraka/receive': {
    files: /^plugin\/haraka\/receive\//,
    may: [
      'haraka',
      'nouns',
      'machine',
      'errors',
      'config',
      'mime',
      'text',
      'quarantine/lists',
      'quarantine/mail path',
      'open',
    ],
  },
  'haraka/release': {
    files: /^plugin\/haraka\/release\//,
    may: [
      'haraka/workers',
      'haraka',
      'nouns',
      'time',
      'machine',
      'mime',
      'quarantine/release',
      'open',
    ],
  },
  'haraka/report': {
    files: /^plugin\/haraka\/report\//,
    may: [
      'haraka/workers',
      'haraka',
      'haraka/release',
      'nouns',
      'time',
      'machine',
      'config',
      'quarantine/report',
      'open',
    ],
  },
  'haraka/digest': {
    files: /^plugin\/haraka\/digest\//,
    may: [
      'haraka',
      'haraka/release',
      'haraka/workers',
      'config',
      'nouns',
      'time',
      'quarantine/digest',
      'open',
    ],
  },
  // Who is at it, on this machine or another.
  'haraka/workers': { files: /^plugin\/haraka\/workers\.ts$/, may: ['machine', 'time', 'open'] },
  'haraka/process': { files: /^plugin\/haraka\/[^/]+\.ts$/, may: ['haraka', 'machine', 'open'] },
  'plugin lazaret': {
    files: /^plugin\/index\.ts$/,
    may: [
      'haraka',
      'haraka/receive',
      'haraka/release',
      'haraka/report',
      'haraka/digest',
      'haraka/process',
      'open',
    ],
  },

  wire: { files: /^plugin\/imap\/wire\//, may: ['errors', 'time'] },
  'imap/reader': { files: /^plugin\/imap\/reader\//, may: [...WIRE, 'mime', 'threads'] },
  'imap/log': { files: /^plugin\/imap\/log\.ts$/, may: ['text'] },
  'imap/view': {
    files: /^plugin\/imap\/selected\/(view|flags)\.ts$/,
    may: [...VERBS, ...WIRE],
  },
  'imap/client': {
    files: /^plugin\/imap\/client\.ts$/,
    may: [...VERBS, ...WIRE, ...WORK, 'imap/view'],
  },
  'imap/folders': {
    files: /^plugin\/imap\/folders\//,
    may: [...VERBS, ...WIRE, ...WORK, 'imap/client'],
  },
  'imap/notify': {
    files: /^plugin\/imap\/notify\//,
    may: [...VERBS, ...WIRE, ...WORK, 'imap/client', 'imap/folders'],
  },
  'imap/session': {
    files: /^plugin\/imap\/(session|command)\.ts$/,
    may: [...VERBS, ...WIRE, ...WORK, 'imap/client', 'imap/notify', 'imap/view'],
  },
  'imap/selected': {
    files: /^plugin\/imap\/selected\//,
    may: [
      ...VERBS,
      ...WIRE,
      ...WORK,
      'mime',
      'imap/client',
      'imap/folders',
      'imap/notify',
      'imap/session',
      'imap/view',
    ],
  },
  'imap/fetch': {
    files: /^plugin\/imap\/fetch\//,
    may: [...VERBS, ...WIRE, ...WORK, 'imap/client', 'imap/session', 'imap/selected', 'imap/view'],
  },
  'imap/search': {
    files: /^plugin\/imap\/search\//,
    may: [
      ...VERBS,
      ...WIRE,
      ...WORK,
      'mime',
      'imap/client',
      'imap/session',
      'imap/selected',
      'imap/view',
      'imap/fetch',
    ],
  },
  'imap/login': {
    files: /^plugin\/imap\/login\//,
    may: [...VERBS, 'quarantine/accounts', ...WIRE, ...WORK, 'imap/session'],
  },
  'imap/commands': {
    files: /^plugin\/imap\/commands\//,
    may: [
      ...VERBS,
      'quarantine/drop',
      ...WIRE,
      ...WORK,
      'text',
      'imap/client',
      'imap/session',
      'imap/view',
      'imap/selected',
      'imap/folders',
      'imap/notify',
      'imap/fetch',
      'imap/search',
      'imap/login',
    ],
  },
  'imap/connection': {
    files: /^plugin\/imap\/connection\//,
    may: [
      ...VERBS,
      ...WIRE,
      ...WORK,
      'certificate',
      'imap/log',
      'imap/client',
      'imap/session',
      'imap/view',
      'imap/selected',
      'imap/notify',
      'imap/fetch',
      'imap/login',
      'imap/commands',
    ],
  },
  'imap/server': {
    files: /^plugin\/imap\/server\.ts$/,
    may: [...VERBS, ...WIRE, ...WORK, 'imap/log', 'imap/login', 'imap/connection'],
  },
  'imap/certificate': {
    files: /^plugin\/imap\/certificate-file\.ts$/,
    may: ['machine', 'config', 'certificate'],
  },
  // What is asked and answered over HTTP: it knows the verbs, and what a message is.
  'http/preview': {
    files: /^plugin\/http\/preview\/(?!visible\.ts$)/,
    may: ['errors', 'turns', 'threads', 'http/preview/visible'],
  },
  'http/preview/visible': { files: /^plugin\/http\/preview\/visible\.ts$/, may: [] },
  http: {
    files: /^plugin\/http\/(?!preview\/|index\.ts$)/,
    may: [
      ...VERBS,
      'quarantine/digest',
      'quarantine/listing',
      'quarantine/lists',
      'mime',
      'text',
      'turns',
      'http/preview',
      'http/preview/visible',
    ],
  },
  'front/memory': {
    files: /^plugin\/front\/memory\.ts$/,
    may: [
      'config',
      'store',
      'quarantine/accounts',
      'wire',
      'imap/reader',
      'http',
      'http/preview',
      'threads',
    ],
  },
  front: {
    files: /^plugin\/front\/(?!memory\.ts$)/,
    may: [
      'machine',
      'config',
      'certificate',
      'haraka',
      'haraka/process',
      'open',
      'imap/server',
      'imap/login',
      'imap/connection',
      'imap/certificate',
      'http',
      'front/memory',
    ],
  },
  'plugin lazaret/imap': {
    files: /^plugin\/imap\/index\.ts$/,
    may: ['front'],
  },
  'plugin lazaret/http': {
    files: /^plugin\/http\/index\.ts$/,
    may: ['front'],
  },
  // The page talks to http over its API. The grammar of masks alone is the filter's, so that a mask that is typed is
  // looked at by the rule by which it is kept; and a source is shown by the rule by which texts are.
  web: { files: /^web\//, may: ['errors', 'filter', 'http/preview/visible'] },

  // Looks at all of an installation, and touches nothing.
  doctor: {
    files: /^plugin\/doctor\//,
    may: ['nouns', 'time', 'machine', 'config', 'certificate', 'store', 'quarantine/model', 'open'],
  },
  backup: {
    files: /^plugin\/backup\//,
    may: ['errors', 'config', 'certificate', 'open', 'store', 'haraka/release'],
  },
  cli: {
    files: /^plugin\/cli\//,
    may: [
      ...VERBS,
      'text',
      'backup',
      'cluster',
      'doctor',
      'quarantine/context',
      'quarantine/listing',
      'quarantine/lists',
      'quarantine/model',
      'quarantine/report',
      'quarantine/what-if',
      'config',
      'open',
    ],
  },

  'bench/harness': { files: /^bench\/harness\//, may: ['cli', 'filter'] },
  'bench/rivals': { files: /^bench\/rivals\//, may: ['bench/harness'] },
  'bench/phases/accuracy': { files: /^bench\/phases\/accuracy\//, may: [...BENCH, 'filter'] },
  'bench/phases/cost': {
    files: /^bench\/phases\/cost\//,
    may: [...BENCH, 'filter', 'layers', 'bench/phases/young'],
  },
  'bench/phases/gateway': {
    files: /^bench\/phases\/gateway\//,
    may: [...BENCH, 'config', 'open', 'imap/connection'],
  },
  'bench/phases/imap': {
    files: /^bench\/phases\/imap\//,
    may: [...BENCH, 'config', 'certificate', 'open', 'imap/server', 'imap/connection'],
  },
  'bench/phases/kernel': {
    files: /^bench\/phases\/kernel\//,
    may: [...BENCH, 'filter', 'demo', 'test/twin'],
  },
  'bench/phases/memory': {
    files: /^bench\/phases\/memory\//,
    may: [...BENCH, 'config', 'open', 'bench/phases/gateway'],
  },
  'bench/phases/masks': { files: /^bench\/phases\/masks\//, may: [...BENCH, 'filter'] },
  'bench/phases/start': { files: /^bench\/phases\/start\//, may: [...BENCH, 'config', 'open'] },
  'bench/phases/lesson': { files: /^bench\/phases\/lesson\//, may: [...BENCH, 'config', 'open'] },
  'bench/phases/people': {
    files: /^bench\/phases\/people\//,
    may: [...BENCH, 'config', 'open', 'quarantine/drop'],
  },
  'bench/phases/young': {
    files: /^bench\/phases\/young\//,
    may: [...BENCH, 'cli', 'demo', 'filter', 'layers', 'scripts', 'store'],
  },
  'bench/phases/store': {
    files: /^bench\/phases\/store\//,
    may: [...BENCH, 'config', 'open', 'quarantine/folders', 'quarantine/mail path', 'store'],
  },
  'bench/phases/items': {
    files: /^bench\/phases\/items\//,
    may: [...BENCH, 'mime', 'open', 'quarantine/folders', 'bench/phases/store'],
  },
  'bench/phases': {
    files: /^bench\/phases\/index\.ts$/,
    may: [
      'bench/harness',
      ...[
        'accuracy',
        'cost',
        'gateway',
        'imap',
        'items',
        'kernel',
        'lesson',
        'masks',
        'memory',
        'people',
        'start',
        'store',
        'young',
      ].map((name) => `bench/phases/${name}`),
    ],
  },
  'bench/report': { files: /^bench\/report\//, may: ['bench/harness'] },
  'bench/admin': {
    files: /^bench\/admin\//,
    may: [...BENCH, 'cli', 'filter', 'store', 'bench/phases/gateway', 'bench/phases/imap'],
  },
  'bench/soak': {
    files: /^bench\/soak\//,
    may: [...BENCH, 'config', 'open', 'bench/phases/imap'],
  },
  'bench/attack': {
    files: /^bench\/attack\//,
    may: ['config', 'front/memory', 'bench/harness', 'bench/phases/gateway', 'bench/soak'],
  },
  bench: {
    files: /^bench\/[^/]+\.ts$/,
    may: ['cli', 'bench/harness', 'bench/phases', 'bench/report'],
  },

  demo: { files: /^demo\//, may: [...VERBS, 'config', 'open', 'cli', 'backup', 'cluster'] },
  'test/twin': { files: /^test\/twin\//, may: ['nouns', 'filter'] },
  // Tests import what they test; only what runs without vitest is looked at here.
  test: { files: /^test\//, may: [] },
  scripts: {
    files: /^scripts\//,
    may: ['config', 'cli', 'machine', 'filter', 'demo', 'test/twin'],
  },
}

/** Packages, and what of Node speaks to the network, with the files that may import them. */
export const ONLY: Readonly<Record<string, RegExp>> = {
  lmdb: /^plugin\/store\/env\.ts$/,
  pg: /^plugin\/log\/postgres\/connection\.ts$/,
  msgpackr: /^plugin\/store\/codec\.ts$/,
  'iconv-lite': /^plugin\/mime\/charset\.ts$/,
  'haraka-tld': /^plugin\/haraka\/receive\//,
  selfsigned: /^plugin\/imap\/connection\/certificate\.ts$/,
  commander: /^plugin\/cli\//,
  picocolors: /^plugin\/cli\//,
  'cli-progress': /^plugin\/cli\/|^demo\//,
  // It gives us its own modules (haraka/modules.ts); bench and demo start it as a process.
  Haraka: /^$/,
  // Fields of the configuration ask it what an address is.
  ldapts: /^plugin\/backends\/ldap\.ts$/,
  otplib: /^plugin\/quarantine\/accounts\/factor\.ts$/,
  'openid-client': /^plugin\/backends\/oidc\.ts$/,
  'prom-client': /^plugin\/haraka\/receive\/meter\.ts$|^plugin\/http\/routes\/metrics\.ts$/,
  fastify: /^plugin\/http\//,
  '@fastify/cookie': /^plugin\/http\/app\.ts$/,
  '@fastify/rate-limit': /^plugin\/http\/app\.ts$/,
  '@fastify/swagger': /^plugin\/http\/app\.ts$/,
  '@sinclair/typebox': /^plugin\/http\//,
  ajv: /^plugin\/http\/app\.ts$/,
  'ajv-formats': /^plugin\/http\/app\.ts$/,
  preact: /^web\//,
  '@preact/signals': /^web\//,
  'qrcode-generator': /^web\/settings\/qr\.tsx$/,
  mailparser: /^plugin\/http\/preview\/thread\.ts$/,
  'sanitize-html': /^plugin\/http\/preview\/html\.ts$/,
  'node:net': /^plugin\/(imap|front|http|doctor|backends)\/|^plugin\/fields\.ts$|^bench\/|^demo\//,
  'node:tls': /^plugin\/(imap|http|doctor|backends)\/|^plugin\/pem\.ts$|^bench\/|^demo\//,
  'node:http': /^plugin\/http\/|^plugin\/doctor\/digests\.ts$/,
  'node:https':
    /^plugin\/haraka\/report\/|^plugin\/doctor\/digests\.ts$|^plugin\/http\/server\.ts$|^plugin\/backends\/oidc\.ts$/,
  'node:dgram': /^$/,
}
