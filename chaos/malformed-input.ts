import type { Random } from '#db/seed/world/random.ts'
import { readArtifact } from '#db/queries/artifacts.ts'
import { listRunArtifacts } from '#db/queries/runs.ts'
import { ledgerJob } from '#db/testing/ledger.ts'
import { load, type JobInput } from '#db/testing/load.ts'
import { faultOfRefusal } from '#server/formats/testing/refusals.ts'
import { mutateText, mutateWorkbook, type Mutant } from '#server/formats/testing/mutations.ts'
import { BAI2, CAMT, CSV, JSON_PAGE, MT940, SAF_T, WORKBOOK } from '#server/formats/testing/valid.ts'
import { zipped } from '#server/formats/testing/workbook.ts'
import type { RunReport } from '#server/services/reads/run-report.ts'
import { openCluster } from './cluster.ts'
import { inspect, Tally } from './compare.ts'
import { MemoryWatch } from './memory-watch.ts'
import { plainReading, unlike } from './second-reading.ts'
import { openTower, openWorker, type Tower } from './tower.ts'
import type { Found, Setting, Trial } from './trial.ts'

const KINDS = ['csv', 'json', 'saf-t', 'xlsx', 'camt053', 'mt940', 'bai2'] as const
type Kind = (typeof KINDS)[number]
const TEXTS = { csv: CSV, json: JSON_PAGE, 'saf-t': SAF_T, camt053: CAMT, mt940: MT940, bai2: BAI2 } as const
const GOOD: Readonly<Record<Kind, Uint8Array>> = { ...TEXTS, xlsx: zipped(WORKBOOK) }
const OF_BANK: ReadonlySet<Kind> = new Set(['camt053', 'mt940', 'bai2'])
const LINES_OF_GOOD = 12
const SIZES = { brief: 40, quick: 160, long: 8_000 } as const

/** Files that something happened to go through the whole product. Each ends in words, is kept as it came, and harms no other. */
export const trial: Trial = { name: 'malformed-input', run }

async function run({ random, size, loads, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const cluster = await openCluster()
  try {
    const tower = await openTower(
      cluster,
      'tried',
      KINDS.flatMap((kind) => [jobOf(kind, 'mutants'), jobOf(kind, 'good')]),
    )
    // What is tried here is not the disk.
    await tower.owner.unsafe('alter database tried set synchronous_commit = off')
    const worker = await openWorker(tower.appUrl)
    const memory = new MemoryWatch()
    const outcomes = new Map<string, number>()
    const compared = { files: 0 }
    const times = loads ?? SIZES[size]
    for (let nth = 0; nth < times; nth++) {
      const kind = KINDS[nth % KINDS.length]!
      const mutant = mutantOf(kind, random)
      const report = await load(worker.context, jobOf(kind, 'mutants'), mutant.bytes, `${nth}.${kind}`).catch(String)
      tally.loads++
      tally.kills++
      const fault = typeof report === 'string' ? report : await faultOf(tower, report, mutant, kind, compared)
      tally.blame(fault === null ? 0 : 1, `${nth}, ${mutant.what}: ${fault}`)
      if (typeof report !== 'string') outcomes.set(report.outcome, (outcomes.get(report.outcome) ?? 0) + 1)
      if (nth % 500 === 499) tell(`  ${nth + 1} of ${times} files`)
    }
    for (const kind of KINDS) {
      const report = await load(worker.context, jobOf(kind, 'good'), GOOD[kind])
      tally.loads++
      tally.lost += Math.max(0, LINES_OF_GOOD - report.lines.new)
      tally.doubled += Math.max(0, report.lines.new - LINES_OF_GOOD)
      tally.blame(report.outcome === 'succeeded' ? 0 : 1, `a good ${kind} file afterwards: ${report.sentence}`)
    }
    tally.blame(memory.excess(), memory.words())
    tally.blame(compared.files > 0 ? 0 : 1, 'no file that succeeded was read a second time')
    tally.say(`${compared.files} files read a second time`)
    tally.say(`${[...outcomes].map(([outcome, n]) => `${n} ${outcome}`).join(', ')}; ${memory.words()}`)
    await inspect(tower, tally)
    await worker.close()
    await tower.close()
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

const jobOf = (kind: Kind, of: 'mutants' | 'good'): JobInput =>
  ledgerJob({
    job: `${of}-${kind}`,
    system: { code: `${of}-${kind}`, name: `${of} ${kind}`, kind: 'erp' },
    format: kind === 'json' ? { type: kind, records: 'lines' } : kind === 'csv' ? { type: kind, delimiter: ',' } : { type: kind },
    mapping: mappingOf(kind),
  })

function mappingOf(kind: Kind): JobInput['mapping'] {
  if (kind === 'saf-t') return { key: ['record'], fields: { description: 'description', document: 'transaction' } }
  if (!OF_BANK.has(kind)) return {}
  const fields = { entity: { value: 'NO01' }, posted_on: 'booking_date', effective_on: 'value_date', description: 'remittance' }
  return { key: ['account', 'statement', 'entry'], fields: { ...fields, document: 'bank_reference' } }
}

function mutantOf(kind: Kind, random: Random): Mutant {
  if (kind === 'xlsx') return mutateWorkbook(WORKBOOK, random)
  return mutateText(kind, TEXTS[kind], random)
}

/** What is wrong with how a run over the file ended; null where nothing is. */
async function faultOf(
  tower: Tower,
  report: RunReport,
  mutant: Mutant,
  kind: Kind,
  compared: { files: number },
): Promise<string | null> {
  const { bytes } = mutant
  const isOfBank = OF_BANK.has(kind)
  const [artifact] = await listRunArtifacts(tower.context.db, report.runId)
  const kept: Uint8Array[] = []
  for await (const piece of readArtifact(tower.context.db, artifact!.artifactId)) kept.push(piece)
  if (!Buffer.concat(kept).equals(bytes)) return 'what is kept are other bytes than came'
  const classes = new Set(report.exceptions.map((exception) => exception.class))
  // A statement that does not follow the one before is told, and stands.
  const isFine = [...classes].every((one) => isOfBank && one === 'control')
  if (report.outcome === 'succeeded') {
    if (!isFine) return `it succeeded with ${[...classes].join(', ')}`
    const plain = plainReading(kind, bytes, mutant)
    if (plain !== null) compared.files++
    const { new: fresh, changed, unchanged, duplicate, rejected } = report.lines
    return unlike(tower, report.runId, fresh + changed + unchanged + duplicate + rejected, plain)
  }
  if (report.publication !== null) return `it ${report.outcome}, and published`
  if (report.outcome === 'held') {
    return classes.size > 0 && [...classes].every((one) => one === 'business' || one === 'control')
      ? null
      : `held: ${report.sentence}`
  }
  const [attempt] = await tower.owner<{ class: string; code: string; detail: string }[]>`
    select failure_class as class, failure_code as code, failure_detail as detail from attempts where run_id = ${report.runId} order by attempt desc limit 1`
  if (report.outcome !== 'failed' || !attempt) return `it ended as ${report.outcome}`
  if (attempt.class !== 'technical_permanent' || !classes.has('technical_permanent'))
    return `${attempt.class}, ${attempt.code}: ${attempt.detail}`
  return attempt.detail.startsWith('the mapping ') ? null : faultOfRefusal(`${attempt.code}: ${attempt.detail}`)
}
