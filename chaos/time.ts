import { randomOf, type Random } from '#db/seed/world/random.ts'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { ledgerJob } from '#db/testing/ledger.ts'
import { importJob, type JobInput } from '#db/testing/load.ts'
import { decideTicks, type KnownDue } from '#server/services/decide-ticks.ts'
import { makeContext } from '#server/services/services.ts'
import { openCluster } from './cluster.ts'
import { Tally } from './compare.ts'
import { openTower, quiet, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SPAN_HOURS = 40
const SCHEDULERS = 3
const JUMPS_HOURS = [-2, 0, 0, 0, 2]
/** Which share of the turns is a jump, or the beginning of a silence. */
const JUMP_OF = 25
const SILENCE_OF = 120

/** Both nights on which clocks change, in two zones. */
const NIGHTS = [
  { zone: 'Europe/Oslo', from: '2026-03-28T12:00:00Z' },
  { zone: 'Europe/Oslo', from: '2026-10-24T12:00:00Z' },
  { zone: 'America/New_York', from: '2026-03-07T18:00:00Z' },
  { zone: 'America/New_York', from: '2026-10-31T18:00:00Z' },
] as const
const NIGHTS_OF: Readonly<Record<Size, number>> = { brief: 1, quick: 2, long: 4 }
const STEP_SECONDS: Readonly<Record<Size, number>> = { brief: 600, quick: 300, long: 40 }

/** Each rule with a plain statement of when it is due, given the wall clock minute by minute. */
type Rule = { name: string; cron: string; isDue(wall: string, utcMinute: number, earlier: readonly string[]): boolean }
const RULES: readonly Rule[] = [
  { name: 'often', cron: '*/15 * * * *', isDue: (_wall, utcMinute) => utcMinute % 15 === 0 },
  { name: 'hourly', cron: '0 * * * *', isDue: (_wall, utcMinute) => utcMinute % 60 === 0 },
  { name: 'night', cron: '30 2 * * *', isDue: firstAt('02:30') },
  { name: 'one', cron: '30 1 * * *', isDue: firstAt('01:30') },
]

/** Three schedulers whose clocks jump two hours back and forth, or stand still for hours, over the nights when clocks change: each due time once. */
export const trial: Trial = { name: 'time', run }

async function run({ random, size, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const cluster = await openCluster()
  try {
    const first = size === 'brief' ? random.whole(0, NIGHTS.length) : random.whole(0, 2)
    for (const [i, night] of [...NIGHTS, ...NIGHTS].slice(first, first + NIGHTS_OF[size]).entries()) {
      const tower = await openTower(cluster, `night_${i}`, [])
      await turnTheClock(tower, night, randomOf(`night ${random.whole(0, 1_000_000)}`), STEP_SECONDS[size], tally)
      await tower.close()
      tell(`  ${night.zone} ${night.from.slice(0, 10)}`)
    }
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

const jobsOf = (zone: string): JobInput[] =>
  RULES.map(({ name, cron }) =>
    ledgerJob({
      job: name,
      source: { type: 'http', url: 'http://127.0.0.1:9/lines' },
      format: { type: 'json' },
      schedule: { cron, timeZone: zone, missed: 'once' },
    }),
  )

async function turnTheClock(
  tower: Tower,
  { zone, from }: (typeof NIGHTS)[number],
  random: Random,
  stepSeconds: number,
  tally: Tally,
): Promise<void> {
  const begin = Date.parse(from)
  const end = begin + SPAN_HOURS * HOUR_MS
  await importJob({ ...tower.context, now: () => new Date(begin) }, ...jobsOf(zone))
  const schedulers = Array.from({ length: SCHEDULERS }, (_, i) => {
    const db = openDatabase(tower.appUrl, { max: 2, name: `chaos scheduler ${i}` })
    const clock = { skew: 0 }
    return { db, clock, known: new Map() as KnownDue, name: `scheduler ${i}` }
  })
  for (let at = begin; at <= end; at += random.whole(1, 2 * stepSeconds) * 1_000) {
    for (const { clock } of schedulers)
      if (random.whole(0, JUMP_OF) === 0) {
        clock.skew = random.pick(JUMPS_HOURS) * HOUR_MS
        tally.kills++
      }
    if (random.whole(0, SILENCE_OF) === 0) {
      at += random.whole(1, 4) * HOUR_MS
      tally.kills++
    }
    await Promise.all(schedulers.map((one) => turn(one, Math.min(at, end))))
  }
  for (const { clock } of schedulers) clock.skew = 0
  await Promise.all(schedulers.map((one) => turn(one, end)))
  await judge(tower, zone, begin, end, tally)
  for (const { db } of schedulers) await closeDatabase(db)

  async function turn({ db, clock, known, name }: (typeof schedulers)[number], at: number): Promise<void> {
    const now = () => new Date(at + clock.skew)
    await decideTicks(makeContext({ db, logger: quiet, now }), { by: name, known })
  }
}

type Decided = { job: string; due: Date; outcome: string; decided: Date; runs: number }
const RAN: ReadonlySet<string> = new Set(['started', 'caught_up'])

/** One that ran has one run. One that was skipped has none, and a newer one stands for it that was due when it was decided. */
async function judge(tower: Tower, zone: string, begin: number, end: number, tally: Tally): Promise<void> {
  const rows = await tower.owner<Decided[]>`
    select j.name as job, t.due_at as due, t.outcome, t.decided_at as decided, count(r.run_id)::int as runs
    from ticks t join jobs j on j.job_id = t.job_id left join runs r on r.job_id = t.job_id and r.scheduled_for = t.due_at
    group by 1, 2, 3, 4`
  const expected = dueTimes(zone, begin, end)
  for (const { job, due, outcome, decided, runs } of rows) {
    tally.loads += runs
    const key = `${job} ${due.toISOString()}`
    // A clock that was two hours ahead decides what is still to come: that is early, and once.
    const isKnown = expected.delete(key) || (due.getTime() > end && dueTimes(zone, end, end + 3 * HOUR_MS).has(key))
    const stands = (one: Decided) => one.job === job && RAN.has(one.outcome) && one.due > due && one.due <= decided
    const isServed = RAN.has(outcome) ? runs > 0 : outcome === 'skipped' && rows.some(stands)
    const surplus = Math.max(0, runs - (RAN.has(outcome) ? 1 : 0)) + (isKnown ? 0 : 1)
    tally.doubled += surplus
    if (!isServed) tally.lost++
    if (surplus > 0 || !isServed)
      tally.say(`${zone}: ${key} was ${outcome}, with ${runs} runs${isKnown ? '' : ', and was not due'}`)
  }
  tally.lost += expected.size
  for (const key of expected) tally.say(`${zone}: ${key} was never decided`)
}

/** Minute by minute, what the wall clock says and what is due by it. */
function dueTimes(zone: string, begin: number, end: number): Set<string> {
  const wallOf = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' })
  const due = new Set<string>()
  const before = Array.from({ length: 4 * 60 }, (_, i) => wallOf.format(begin - (4 * 60 - i) * MINUTE_MS))
  const walls = [...before]
  for (let at = begin; at <= end; at += MINUTE_MS) {
    const wall = wallOf.format(at)
    for (const { name, isDue } of RULES)
      if (at > begin && isDue(wall, at / MINUTE_MS, walls)) due.add(`${name} ${new Date(at).toISOString()}`)
    walls.push(wall)
  }
  return due
}

/** The first time the wall clock shows it; where it never does, the first minute after the gap. */
function firstAt(time: string) {
  return (wall: string, _utcMinute: number, earlier: readonly string[]): boolean => {
    const [day, shown] = wall.split(', ') as [string, string]
    const [dayBefore, shownBefore] = (earlier.at(-1) ?? wall).split(', ') as [string, string]
    if (shown === time) return !earlier.slice(-4 * 60).includes(wall)
    return day === dayBefore && shownBefore < time && shown > time
  }
}
