// The page begins here: who is logged in, in which language.
import { render } from 'preact'
import { readSession } from './api.ts'
import { Shell } from './shell.tsx'
import { preferred, speak } from './words.ts'
import { tellBad } from './told.tsx'

async function main(): Promise<void> {
  const root = document.getElementById('page')
  if (!root) return
  await Promise.all([speak(preferred()), readSession().catch(tellBad)])
  render(<Shell />, root)
}

void main()
