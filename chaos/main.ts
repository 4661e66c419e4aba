import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { randomOf } from '#db/seed/world/random.ts'
import { FIGURES, holds, NOTHING, sumOf, withFloor, type Found, type Size, type Trial } from './trial.ts'

/**
 * Attacks the product until it holds, one trial after the other, each in a process of its own, and prints what was found.
 * Exits 1 when a record was lost, doubled or half visible, or when something happened that nobody can explain.
 * npm run chaos -- [--brief | --quick] [--seed N] [--only NAME,NAME] [--loads N] [--json]
 */
const TRIALS: Readonly<Record<string, () => Promise<{ readonly trial: Trial }>>> = {
  kills: () => import('./kills.ts'),
  database: () => import('./database.ts'),
  acknowledgement: () => import('./acknowledgement.ts'),
  delivery: () => import('./delivery.ts'),
  disk: () => import('./disk.ts'),
  time: () => import('./time.ts'),
  disorder: () => import('./disorder.ts'),
  'malformed-input': () => import('./malformed-input.ts'),
  'hostile-source': () => import('./hostile-source.ts'),
  histories: () => import('./histories.ts'),
}

const { values } = parseArgs({
  options: {
    brief: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string' },
    /** How many loads, for the trials that count them. */
    loads: { type: 'string' },
    /** Carry out this one trial here. */
    here: { type: 'string' },
  },
})
const size: Size = values.brief ? 'brief' : values.quick ? 'quick' : 'long'
const seed = values.seed ?? String(Date.now() % 1_000_000)
const tell = (text: string) => void process.stderr.write(`${text}\n`)

if (values.here) {
  // What a trial has started is ended by what it does on exit.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const { trial } = await named(values.here)()
  const loads = values.loads ? Number.parseInt(values.loads, 10) : null
  const found = await trial.run({ random: randomOf(`chaos ${seed} ${values.here}`), size, loads, tell })
  console.log(JSON.stringify(withFloor(trial, found)))
  process.exit(0)
}

const names = values.only?.split(',') ?? Object.keys(TRIALS)
names.forEach(named)
if (!values.json) console.log(`seed ${seed}: npm run chaos --${size === 'long' ? '' : ` --${size}`} --seed ${seed}`)
const rows: (Found & { trial: string; seconds: number })[] = []
if (!values.json) console.log(rowOf('trial', [...FIGURES.map(wordsOf), 'seconds']))
for (const name of names) {
  const begun = performance.now()
  const found = await runApart(name)
  const row = { trial: name, ...found, seconds: Math.round((performance.now() - begun) / 1000) }
  rows.push(row)
  if (values.json) continue
  console.log(
    rowOf(`${row.notRun ? '–' : holds(row) ? '✔' : '✘'} ${name}`, [...FIGURES.map((figure) => shown(row, figure)), row.seconds]),
  )
  for (const note of row.notes) console.log(`    ${note}`)
}
const sum = sumOf(rows)
const seconds = rows.reduce((all, row) => all + row.seconds, 0)
if (values.json) console.log(JSON.stringify({ seed, size, ok: holds(sum), seconds, ...sum, trials: rows }))
else {
  const notRun = rows.filter((row) => row.notRun).map(({ trial }) => trial)
  console.log(rowOf(holds(sum) ? '✔ all' : '✘ all', [...FIGURES.map((figure) => sum[figure]), seconds]))
  if (notRun.length > 0) console.log(`not run: ${notRun.join(', ')}`)
  console.log(`${FIGURES.map((figure) => `${wordsOf(figure)} ${sum[figure]}`).join(', ')}; seed ${seed}`)
}
process.exitCode = holds(sum) ? 0 : 1

/** A trial whose process dies has found something: the product inside took it along. */
async function runApart(name: string): Promise<Found> {
  const options = [
    `--seed=${seed}`,
    ...(size === 'long' ? [] : [`--${size}`]),
    ...(values.loads ? [`--loads=${values.loads}`] : []),
  ]
  const args = [...process.execArgv, import.meta.filename, '--here', name, ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let found: Found | null = null
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('{')) found = JSON.parse(line) as Found
  const [code, signal] = await ended
  return found ?? { ...NOTHING, unexplained: 1, notes: [`the trial itself ended with ${code ?? signal}`] }
}

function named(name: string): () => Promise<{ readonly trial: Trial }> {
  const trial = TRIALS[name]
  if (!trial) throw new Error(`no trial is named ${name}; there are ${Object.keys(TRIALS).join(', ')}`)
  return trial
}

/** What was not looked at is no zero. */
function shown(row: Found, figure: (typeof FIGURES)[number]): string | number {
  return row.notRun || (figure === 'halfVisible' && row.looks === null) ? '–' : row[figure]
}

function wordsOf(figure: (typeof FIGURES)[number]): string {
  return figure === 'halfVisible' ? 'half-visible' : figure
}

function rowOf(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(24)}${cells.map((cell) => String(cell).padStart(13)).join('')}`
}
