// SpamAssassin's Bayes, in one process and without its other rules.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { program, type Rival } from './rival.ts'

/** Reads `spam|ham SIZE\n` and so many octets, prints the probability, then learns. */
const SCRIPT = `
use strict; use warnings; use Mail::SpamAssassin; $| = 1; binmode STDIN;
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
  my ($label, $size) = $line =~ /^(spam|ham) (\\d+)$/ or die "bad line $line";
  my $raw = ''; read(STDIN, $raw, $size) == $size or die 'short read';
  my $mail = $sa->parse(\\$raw, 1);
  my $status = $sa->check($mail);
  printf "%.17g\\n", $status->{bayes_score} // 0.5;
  $status->finish;
  $sa->learn($mail, undef, $label eq 'spam' ? 1 : 0, 0)->finish;
  $mail->finish;
}
$sa->finish;
`

export const spamassassin: Rival = {
  name: 'SpamAssassin Bayes',
  missing: () =>
    program('perl') && spawnSync('perl', ['-MMail::SpamAssassin', '-e', '1']).status === 0
      ? null
      : 'SpamAssassin is not installed',
  online: async (mail, dir) => {
    const script = join(dir, 'bayes.pl')
    writeFileSync(script, SCRIPT)
    const child = spawn('perl', [script, dir], { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk))
    const end = once(child, 'close')
    for (const { raw, label } of mail) {
      child.stdin.write(`${label} ${raw.length}\n`)
      if (!child.stdin.write(raw)) await Promise.race([once(child.stdin, 'drain'), end])
      if (child.exitCode !== null) break
    }
    child.stdin.end()
    await end
    const scores = said.trim().split('\n').map(Number)
    if (scores.length !== mail.length)
      throw new Error(`SpamAssassin gave ${scores.length} scores for ${mail.length}: ${complaint}`)
    return scores
  },
}
