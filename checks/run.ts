import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  journeyCounts,
  journeyFailures,
  settled,
  summary,
  told,
  unitCounts,
  unitFailures,
  type Counts,
  type Failure,
} from './count.ts'
import { runTool } from './run-tool.ts'

/**
 * Everything that must hold before a change is handed on. `check` alone is what takes seconds: types, style, import rules
 * and the tidy tests. Steps go on after one has failed, so that one run tells everything.
 */
const MINUTE_MS = 60_000
const reports = await mkdtemp(join(tmpdir(), 'tower-reports-'))
const UNIT_REPORT = join(reports, 'unit.json')
const JOURNEY_REPORT = join(reports, 'journeys.json')

type Step = {
  readonly name: string
  readonly command: readonly string[]
  readonly msMax: number
  /** Says how many tests passed and failed, and which; a step without it counts as one. */
  readonly report?: {
    readonly file: string
    readonly counts: (report: unknown) => Counts | null
    readonly failures: (report: unknown) => readonly Failure[]
  }
}

const CHECKS: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'], msMax: 5 * MINUTE_MS },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings', '.'], msMax: MINUTE_MS },
  {
    name: 'import rules',
    command: [
      'depcruise',
      '--config',
      'checks/import-rules.mjs',
      'app',
      'server',
      'db',
      'jobs',
      'e2e',
      'bench',
      'chaos',
      'checks',
    ],
    msMax: 2 * MINUTE_MS,
  },
]
const TIDY: Step = { name: 'tidy', command: ['vitest', 'run', '--project', 'plain', 'checks'], msMax: 2 * MINUTE_MS }
const UNIT: Step = {
  name: 'tests',
  command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`],
  msMax: 13 * MINUTE_MS,
  report: { file: UNIT_REPORT, counts: unitCounts, failures: unitFailures },
}
/** The same decisions each time; other seeds by hand, `npm run chaos -- --quick`. */
const CHAOS: Step = {
  name: 'chaos',
  command: ['tsx', 'chaos/main.ts', '--brief', '--seed', '20261121', '--only', 'acknowledgement,disorder,time,database'],
  msMax: 10 * MINUTE_MS,
}
const JOURNEYS: Step = {
  name: 'journeys in the browser',
  command: ['playwright', 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
  msMax: 15 * MINUTE_MS,
  report: { file: JOURNEY_REPORT, counts: journeyCounts, failures: journeyFailures },
}

/** Of a step that makes no report, as much as fits among the last lines. */
const LAST_LINES = 16

const steps = process.argv.includes('check') ? [...CHECKS, TIDY] : [...CHECKS, UNIT, CHAOS, JOURNEYS]
const results: { name: string; counts: Counts }[] = []
const failures: Failure[] = []
for (const { name, command, msMax, report } of steps) {
  console.log(`\n── ${name}: ${command[0]}`)
  const begun = performance.now()
  const said: string[] = []
  const ended = await runTool(command, { msMax, env: { PLAYWRIGHT_JSON_OUTPUT_FILE: JOURNEY_REPORT }, ...(!report && { said }) })
  const tooLong = `did not end within ${msMax / MINUTE_MS} minutes and was stopped`
  if (ended === 'too long') console.log(`✘ ${name} ${tooLong}`)
  const reported = report && (await readJson(report.file))
  const found = settled(ended === 0, report ? report.counts(reported) : { passed: 1, failed: 0, skipped: 0 })
  const isBad = !report && found.failed > 0
  const last = {
    file: name,
    title: ended === 'too long' ? tooLong : 'what it said last',
    message: said.slice(-LAST_LINES).join('\n'),
  }
  failures.push(...(report?.failures(reported) ?? []), ...(isBad ? [last] : []))
  console.log(`${found.failed > 0 ? '✘' : '✔'} ${name} (${Math.round((performance.now() - begun) / 1000)} s)`)
  results.push({ name, counts: found })
}
await rm(reports, { recursive: true, force: true })

const { lines, failed } = summary(results)
// Last of all: of a run elsewhere the end is what is kept.
console.log(`\n${[...told(failures, process.cwd()), ...lines].join('\n')}`)
process.exitCode = failed ? 1 : 0

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8').catch(() => 'null'))
}
