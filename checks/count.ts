import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }

/** A test that failed, or a file that could not be read as tests: then its title says so. */
export type Failure = { readonly file: string; readonly title: string; readonly message: string }

const UnitReport = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), numPendingTests: z.int(), numTodoTests: z.int() })
const UnitFiles = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ),
})

const JourneyReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
})
const JourneyError = z.object({ message: z.string().default(''), location: z.object({ file: z.string() }).optional() })
const JourneySuite = z.object({
  specs: z.array(
    z.object({
      file: z.string(),
      title: z.string(),
      ok: z.boolean(),
      tests: z.array(z.object({ status: z.string(), results: z.array(z.object({ errors: z.array(JourneyError) })) })),
    }),
  ),
  get suites() {
    return z.array(JourneySuite).default([])
  },
})
const JourneyFiles = z.object({ suites: z.array(JourneySuite), errors: z.array(JourneyError) })

/** Null when there is no report to read: the tool crashed before it could write one. */
export function unitCounts(report: unknown): Counts | null {
  const { data } = UnitReport.safeParse(report)
  if (!data) return null
  return { passed: data.numPassedTests, failed: data.numFailedTests, skipped: data.numPendingTests + data.numTodoTests }
}

/** A journey that passed only when it was tried again has failed. */
export function journeyCounts(report: unknown): Counts | null {
  const { data } = JourneyReport.safeParse(report)
  if (!data) return null
  const { expected, unexpected, flaky, skipped } = data.stats
  return { passed: expected, failed: unexpected + flaky, skipped }
}

const NOT_LOADED = 'the file itself'

export function unitFailures(report: unknown): readonly Failure[] {
  const files = UnitFiles.safeParse(report).data?.testResults ?? []
  return files.flatMap(({ name: file, status, message, assertionResults }) => {
    const failed = assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages }) => ({ file, title: fullName.trim(), message: failureMessages.join('\n') }))
    // Neither a file that does not load nor a hook of it is a test.
    const isWhole = status === 'failed' && (failed.length === 0 || message !== '')
    return isWhole ? [{ file, title: NOT_LOADED, message }, ...failed] : failed
  })
}

export function journeyFailures(report: unknown): readonly Failure[] {
  const { data } = JourneyFiles.safeParse(report)
  if (!data) return []
  const whole = data.errors.map(({ message, location }) => ({ file: location?.file ?? 'e2e', title: NOT_LOADED, message }))
  return [...whole, ...data.suites.flatMap(failuresOf)]
}

function failuresOf({ specs, suites }: z.infer<typeof JourneySuite>): readonly Failure[] {
  const failed = specs.filter(({ ok, tests }) => !ok || tests.some(({ status }) => status === 'flaky'))
  return [
    ...failed.map(({ file, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
      return { file, title, message: errors.map(({ message }) => message).join('\n') }
    }),
    ...suites.flatMap(failuresOf),
  ]
}

const LINES_OF_ALL = 45
const LINES_OF_MESSAGE_MAX = 16
const LINE_LENGTH_MAX = 160

/** Every failure by name, and as much of what it said as leaves all of them among the last lines somebody keeps. */
export function told(failures: readonly Failure[], folder: string): readonly string[] {
  const linesEach = Math.max(0, Math.min(LINES_OF_MESSAGE_MAX, Math.floor(LINES_OF_ALL / failures.length) - 1))
  return failures.flatMap(({ file, title, message }) => {
    const said = stripVTControlCharacters(message).split('\n')
    const lines = said.map((line) => line.trimEnd()).filter((line) => line !== '' && !line.includes('node_modules'))
    const name = file.startsWith(folder) ? file.slice(folder.length + 1) : file
    return [`✘ ${name}: ${title}`, ...lines.slice(0, linesEach).map((line) => `    ${line.slice(0, LINE_LENGTH_MAX)}`)]
  })
}

/** What a step counts for, its exit code considered: one that ended badly has a failure, and so has one that tested nothing. */
export function settled(endedWell: boolean, counts: Counts | null): Counts {
  if (!counts) return { passed: 0, failed: 1, skipped: 0 }
  if (endedWell && counts.passed + counts.failed > 0) return counts
  // A check that ended badly did not pass as well.
  if (counts.failed === 0 && counts.passed === 1) return { ...counts, passed: 0, failed: 1 }
  return { ...counts, failed: Math.max(1, counts.failed) }
}

export function summary(results: readonly { readonly name: string; readonly counts: Counts }[]) {
  const sum = (of: keyof Counts) => results.reduce((total, { counts }) => total + counts[of], 0)
  const failed = results.filter(({ counts }) => counts.failed > 0).map(({ name }) => name)
  return {
    failed: failed.length > 0,
    lines: [
      ...(failed.length > 0 ? [`Not in order: ${failed.join(', ')}`] : []),
      ...(sum('skipped') > 0 ? [`Skipped: ${sum('skipped')}`] : []),
      `${sum('passed')} passed, ${sum('failed')} failed`,
    ],
  }
}
