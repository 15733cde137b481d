// Loaded into Haraka before anything else: when the gateway that started it is gone, Haraka ends in
// order as on Ctrl-C. Its threads load this too, and their stdin is none.
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.stdin.on('close', () => process.kill(process.pid, 'SIGINT'))
  process.stdin.on('error', () => {})
  process.stdin.resume()
  // Waiting for that keeps nothing alive.
  if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref()
}
