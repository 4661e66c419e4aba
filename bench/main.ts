import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { environmentWith } from '#server/platform/env.ts'
import { LOADING } from '#server/roles/supervise.ts'
import type { Answer, Question } from './question.ts'

/**
 * Asks every question of the bench, each in a process of its own, and prints what was found. Exits 1 when a goal was missed.
 * npm run bench -- [--quick] [--json] [--rounds N] [--only NAME,NAME] [--keep]
 */
const QUESTIONS: Readonly<Record<string, () => Promise<Question>>> = {
  load: () => import('./load.ts'),
  audit: () => import('./audit.ts'),
  replay: () => import('./replay.ts'),
  ticks: () => import('./ticks.ts'),
  crowd: () => import('./crowd.ts'),
  workers: () => import('./workers.ts'),
  totals: () => import('./totals.ts'),
  drill: () => import('./drill.ts'),
  exceptions: () => import('./exceptions.ts'),
  rehearsals: () => import('./rehearsals.ts'),
  reconcile: () => import('./reconcile.ts'),
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    /** Leave the ledgers that several questions share where they are, for the next time. */
    keep: { type: 'boolean', default: false },
    /** Answer this one question here. */
    ask: { type: 'string' },
  },
})
const size = { quick: values.quick, rounds: values.rounds ? Number.parseInt(values.rounds, 10) : values.quick ? 2 : 5 }

if (values.ask) {
  const question = await named(values.ask)()
  for await (const answer of await question.ask(size)) console.log(JSON.stringify(answer))
} else {
  const names = values.only?.split(',') ?? Object.keys(QUESTIONS)
  names.forEach(named)
  const answers: Answer[] = []
  for (const name of names) {
    for await (const answer of askApart(name)) {
      answers.push(answer)
      console.log(values.json ? JSON.stringify(answer) : lineOf(answer))
    }
  }
  if (!values.keep) await (await import('./setup.ts')).dropKeptBenches()
  const missed = answers.filter(({ ok }) => !ok)
  if (!values.json) console.log(`${answers.length - missed.length} of ${answers.length} goals reached`)
  process.exitCode = missed.length > 0 ? 1 : 0
}

/** A process of its own: what one question leaves in memory is no part of the next answer. */
async function* askApart(name: string): AsyncGenerator<Answer> {
  const args = [...LOADING.execArgv, import.meta.filename, '--ask', name, '--rounds', String(size.rounds)]
  const child = spawn(process.execPath, size.quick ? [...args, '--quick'] : args, {
    env: environmentWith(LOADING.settings),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.startsWith('{')) yield JSON.parse(line) as Answer
  }
  const [code] = await ended
  if (code !== 0) yield { name, value: null, unit: 'ratio', goal: 'an answer', ok: false, error: `ended with ${code}` }
}

function named(name: string): () => Promise<Question> {
  const question = QUESTIONS[name]
  if (!question) throw new Error(`no question is named ${name}; there are ${Object.keys(QUESTIONS).join(', ')}`)
  return question
}

function lineOf({ name, value, unit, goal, ok, ...more }: Answer): string {
  const details = Object.entries(more).map(
    ([key, detail]) => `${key} ${typeof detail === 'object' ? JSON.stringify(detail) : detail}`,
  )
  return `${ok ? '✔' : '✘'} ${name}: ${value}${unit === 'ratio' ? '' : ` ${unit}`} (goal ${goal})${details.length > 0 ? ` · ${details.join(', ')}` : ''}`
}
