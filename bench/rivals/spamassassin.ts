// SpamAssassin's Bayes, in one process and without its other rules.
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { program } from '../harness/program.ts'
import type { Labelled, Resident } from './rival.ts'

/**
 * Reads `spam|ham SIZE WHAT\n` and so many octets. WHAT is `s`: scores and prints the probability and the
 * microseconds that it took, parsing included; or `l`: learns and prints a line.
 */
const SCRIPT = `
use strict; use warnings; use Mail::SpamAssassin; use Time::HiRes qw(time); $| = 1; binmode STDIN;
my ($dir) = @ARGV;
my $sa = Mail::SpamAssassin->new({ dont_copy_prefs => 1, local_tests_only => 1, config_text => <<"END" });
loadplugin Mail::SpamAssassin::Plugin::Check
loadplugin Mail::SpamAssassin::Plugin::Bayes
use_bayes 1
use_learner 1
bayes_path $dir/bayes
bayes_auto_learn 0
bayes_min_ham_num 1
bayes_min_spam_num 1
body BAYES eval:check_bayes('0.00', '1.00')
tflags BAYES learn
score BAYES 1
END
$sa->init(1);
while (my $line = <STDIN>) {
  my ($label, $size, $what) = $line =~ /^(spam|ham) (\\d+) ([sl])$/ or die "bad line $line";
  my $raw = ''; read(STDIN, $raw, $size) == $size or die 'short read';
  my $start = time;
  my $mail = $sa->parse(\\$raw, 1);
  if ($what eq 's') {
    my $status = $sa->check($mail);
    my $score = $status->{bayes_score} // 0.5;
    $status->finish;
    printf "%.17g %.3f\\n", $score, 1e6 * (time - $start);
  } else {
    $sa->learn($mail, undef, $label eq 'spam' ? 1 : 0, 0)->finish;
    print "learned\\n";
  }
  $mail->finish;
}
$sa->finish;
`

/** The script at work; an answer is a line for each message. */
class Perl {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #end: Promise<unknown>
  #complaint = ''

  constructor(dir: string) {
    const script = join(dir, 'bayes.pl')
    writeFileSync(script, SCRIPT)
    this.#child = spawn('perl', [script, dir], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.#complaint += chunk))
    // What it did not read any more is told by the missing answer.
    this.#child.stdin.on('error', () => {})
    this.#end = once(this.#child, 'close')
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  async ask({ raw, label }: Labelled, what: 's' | 'l'): Promise<string> {
    this.#child.stdin.write(`${label} ${raw.length} ${what}\n`)
    this.#child.stdin.write(raw)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`SpamAssassin ended: ${this.#complaint}`)
    return value
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#end
  }
}

export const spamassassin: Resident = {
  name: 'SpamAssassin Bayes',
  missing: () =>
    program('perl') && spawnSync('perl', ['-MMail::SpamAssassin', '-e', '1']).status === 0
      ? null
      : 'SpamAssassin is not installed',
  begin: async (dir) => {
    const resident = new Perl(dir)
    return await Promise.resolve({
      score: async (one) => Number((await resident.ask(one, 's')).split(' ')[0]),
      learn: async (one) => {
        await resident.ask(one, 'l')
      },
      close: async () => await resident.close(),
    })
  },
  trained: async (mail, dir) => {
    const resident = new Perl(dir)
    for (const one of mail) await resident.ask(one, 'l')
    return {
      screen: async (some) => {
        let sum = 0
        for (const one of some) sum += Number((await resident.ask(one, 's')).split(' ')[1])
        return sum / some.length
      },
      close: async () => await resident.close(),
    }
  },
}
