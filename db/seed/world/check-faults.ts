import type { Queryable } from '#db/client.ts'
import { listExceptions, type ExceptionRow } from '#db/queries/exceptions.ts'
import { listDemoRuns, type DemoRun } from '#db/queries/demo.ts'
import { FAULTS, type ExpectedException, type PlantedFault } from './faults.ts'

export type FaultResult = { readonly fault: PlantedFault; readonly problems: readonly string[]; readonly said: string }
export type Verdict = {
  readonly results: readonly FaultResult[]
  /** Open exceptions that no fault accounts for. */
  readonly invented: readonly string[]
}

/** What the product says of every planted fault, held against the list, and whatever it says beyond the list. */
export async function checkFaults(db: Queryable): Promise<Verdict> {
  const [open, runs] = await Promise.all([
    listExceptions(db, { state: 'open', scope: ['*'], limit: 1_000 }),
    listDemoRuns(db, [...new Set(FAULTS.map(({ job }) => job))]),
  ])
  const accountedFor = new Set<number>()
  const results = FAULTS.map((fault) => {
    const ofJob = runs.filter(({ job }) => job === fault.job)
    const { expect } = fault
    if (expect.kind === 'recovers') return recovered(fault, ofJob, expect.code)
    if (expect.kind === 'absorbed') return absorbed(fault, ofJob, expect)
    const outcomes = expect.exceptions.map((wanted) => {
      const found = open.find((row) => row.job === fault.job && row.code === wanted.code && row.title.includes(wanted.words))
      if (found) accountedFor.add(found.exceptionId)
      return { problems: differences(found, wanted), said: found ? words(found) : 'nothing' }
    })
    return { fault, problems: outcomes.flatMap(({ problems }) => problems), said: outcomes.map(({ said }) => said).join(' · ') }
  })
  return { results, invented: open.filter(({ exceptionId }) => !accountedFor.has(exceptionId)).map(words) }
}

function differences(found: ExceptionRow | undefined, wanted: ExpectedException): string[] {
  if (!found) return [`no open exception ${wanted.code} says "${wanted.words}"`]
  const atStake = Object.fromEntries(found.amounts.map(({ currency, amount }) => [currency, amount]))
  return [
    ...(found.failureClass === wanted.failureClass ? [] : [`its class is ${found.failureClass}`]),
    ...(same(found.entities, wanted.entities) ? [] : [`its entities are ${found.entities.join(', ') || 'none'}`]),
    ...(same(Object.entries(atStake), Object.entries(wanted.atStake)) ? [] : [`at stake is ${JSON.stringify(atStake)}`]),
  ]
}

/** The newest run of the job got through although an attempt of it had failed. */
function recovered(fault: PlantedFault, runs: readonly DemoRun[], code: string): FaultResult {
  const run = runs.find((candidate) => candidate.failedWith.includes(code))
  const problems = run
    ? run.status === 'succeeded' && run.attempts > 1
      ? []
      : [`run ${run.runId} is ${run.status} after ${run.attempts} attempts`]
    : [`no attempt failed with ${code}`]
  return { fault, problems, said: run ? `${run.status} on attempt ${run.attempts}, after ${code}` : 'nothing' }
}

function absorbed(
  fault: PlantedFault,
  runs: readonly DemoRun[],
  wanted: { figure: 'duplicate' | 'unchanged'; records: number },
): FaultResult {
  const run = runs.find(({ lines }) => lines !== null && lines[wanted.figure] === wanted.records && lines.new === 0)
  const problems = run?.status === 'succeeded' ? [] : [`no run of it counts ${wanted.records} ${wanted.figure}`]
  return { fault, problems, said: run?.sentence ?? 'nothing' }
}

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  JSON.stringify([...a].map(String).sort()) === JSON.stringify([...b].map(String).sort())

const words = (row: ExceptionRow) =>
  [
    `${row.failureClass}, ${row.code}: ${row.title}`,
    row.entities.length > 0 ? ` [${row.entities.join(' ')}]` : '',
    ...row.amounts.map(({ currency, amount }) => ` ${currency ? `${currency} ` : ''}${amount}`),
  ].join('')
