import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { closeDatabase, openDatabase, type Database } from '#db/client.ts'
import { appendAuditEvents } from '#db/queries/audit.ts'
import { sequenceEvents } from '#server/services/audit/sequence-events.ts'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'
import { readAudit, readAuditEvent, type AuditRequest } from '#server/services/reads/audit-view.ts'
import { checkLog } from '#server/services/audit/check-log.ts'
import { keyInMemory } from '#server/platform/audit-log/testing.ts'
import { atLeast, below, median, p95, rounded, seconds, tell, type Answer, type Size } from './question.ts'
import { BENCH, openBench, type Bench } from './setup.ts'

const WRITERS = 8

/**
 * The audit log. (a) Events a second of eight writers, one event a transaction: a bare table of events with the same indexes, the
 * Merkle log with its sequencer at work until every event has its leaf, and the chain under a lock as it was; in turn, several
 * rounds, on one server. (b) A log of a million: its sequencing, its first pages, the proof of an event, its verification.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const bench = await openBench('tower_bench_audit')
  const owner = postgres(bench.ownerUrl, { max: 2, onnotice: () => {} })
  const writers = openDatabase(bench.appUrl, { max: WRITERS, name: 'writers' })
  try {
    await owner.unsafe(OTHERS)
    yield await writing(bench, writers, { events: quick ? 1_000 : 8_000, rounds })
    for await (const answer of reading(bench, owner, quick ? 20_000 : 1_000_000)) yield answer
  } finally {
    await closeDatabase(writers)
    await owner.end()
    await bench.close()
  }
}

/** The same events without a log, and chained under a lock. */
const OTHERS = `
  create table bare_events (like audit_events including all);
  create sequence bare_id;
  create function append_bare(actor text, role text, action text, object_type text, object_id text, after jsonb, correlation_id uuid) returns bigint
  language plpgsql security definer as $$ declare id bigint := nextval('bare_id'); begin
    insert into bare_events values (id, clock_timestamp(), actor, role, action, object_type, object_id, null, null, after, correlation_id); return id; end $$;
  create table chained_events (like audit_events including all);
  alter table chained_events add previous_hash text, add hash text;
  create table chain_head (id int primary key, event_id bigint, hash text);
  insert into chain_head values (1, 0, repeat('0', 64));
  create function append_chained(actor text, role text, action text, object_type text, object_id text, after jsonb, correlation_id uuid) returns bigint
  language plpgsql security definer as $$ declare head chain_head%rowtype; at timestamptz := clock_timestamp(); h text; begin
    select * into head from chain_head where id = 1 for update;
    h := encode(sha256(convert_to(head.hash || E'\\n' || jsonb_build_array(head.event_id + 1, at, actor, role, action, object_type, object_id, null, null, after, correlation_id)::text, 'UTF8')), 'hex');
    insert into chained_events values (head.event_id + 1, at, actor, role, action, object_type, object_id, null, null, after, correlation_id, head.hash, h);
    update chain_head set event_id = head.event_id + 1, hash = h where id = 1; return head.event_id + 1; end $$;
  grant execute on function append_bare, append_chained to tower_app;`

type Way = 'bare' | 'merkle' | 'chained'

async function writing(bench: Bench, writers: Database, { events, rounds }: { events: number; rounds: number }): Promise<Answer> {
  const rates: Record<Way, number[]> = { bare: [], merkle: [], chained: [] }
  const behind: number[] = []
  for (let round = 0; round <= rounds; round++) {
    for (const way of ['bare', 'merkle', 'chained'] as const) {
      const { took, sequenced } = await writeAll(bench, writers, way, events)
      // The first round makes statements and connections known.
      if (round === 0) continue
      rates[way].push(events / took)
      if (way === 'merkle') behind.push(sequenced - took)
    }
    tell(`  round ${round}`)
  }
  const of = (way: Way) => Math.round(median(rates[way]))
  const ratio = rounded(median(rates.merkle.map((rate, i) => rate / rates.bare[i]!)))
  return {
    name: 'audit events written with the Merkle log / without a log',
    value: ratio,
    unit: 'ratio',
    ...atLeast(ratio, 0.7),
    measured: `${WRITERS} writers, one event a transaction; of each round the ratio, of them the median`,
    events,
    perSecond: { bare: of('bare'), merkle: of('merkle'), chained: of('chained') },
    merkleToChained: rounded(median(rates.merkle.map((rate, i) => rate / rates.chained[i]!))),
    secondsUntilTheLastLeaf: rounded(median(behind)),
  }
}

async function writeAll({ context }: Bench, writers: Database, way: Way, events: number) {
  let left = events
  let isWriting = true
  const began = performance.now()
  const sequencing = (async () => {
    while (way === 'merkle' && isWriting) {
      await sequenceEvents(context)
      await new Promise((done) => setTimeout(done, 100))
    }
    if (way === 'merkle') await sequenceEvents(context)
  })()
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (left-- > 0) await writeOne(writers, way, left)
    }),
  )
  const took = (performance.now() - began) / 1000
  isWriting = false
  await sequencing
  return { took, sequenced: (performance.now() - began) / 1000 }
}

async function writeOne(writers: Database, way: Way, n: number): Promise<void> {
  const event = {
    actor: `person-${n % 50}`,
    role: 'it',
    action: 'run.started',
    objectType: 'run',
    objectId: `${n}`,
    correlationId: randomUUID(),
  }
  const after = { job: 'ledger', slice: '*', amount: '1234.50' }
  await writers.transaction(async (tx) => {
    if (way === 'merkle') return appendAuditEvents(tx, [{ ...event, after }])
    const name = sql.raw(way === 'bare' ? 'append_bare' : 'append_chained')
    await tx.execute(sql`
      select ${name}(e.actor, e.role, e.action, e."objectType", e."objectId", e.after, e."correlationId")
      from (select * from jsonb_array_elements(${JSON.stringify([{ ...event, after }])}::jsonb) with ordinality as given (event, position) order by position) o,
        jsonb_to_record(o.event) as e (actor text, role text, action text, "objectType" text, "objectId" text, after jsonb, "correlationId" uuid)`)
  })
}

/** A thousandth of the events is one person's and one action's; they lie over a year. */
async function* reading({ context }: Bench, owner: postgres.Sql, events: number): AsyncGenerator<Answer> {
  await owner`
    with made as (
      insert into audit_events select nextval('audit_event_id'), timestamptz '2025-11-21' + n * (interval '365 days' / ${events}::int), case when n % 1000 = 7 then 'rare' else 'person-' || n % 50 end, 'it',
        case when n % 1000 = 11 then 'period.changed' else 'run.' || (array['started', 'replayed', 'held', 'cancelled'])[1 + n % 4] end, 'run', (n / 5)::text, null, null,
        jsonb_build_object('job', 'ledger', 'slice', '*', 'amount', '1234.50'), gen_random_uuid() from generate_series(1, ${events}::int) n returning event_id)
    insert into audit_pending select event_id from made`
  await owner`vacuum analyze audit_events`
  const sequencing = await seconds(() => sequenceEvents(context))
  await signCheckpoint({ ...context, auditKey: keyInMemory() }, { actor: BENCH })
  await owner`vacuum analyze audit_leaves, audit_pending, audit_nodes`
  tell(`  ${Math.round(events / sequencing.seconds)} leaves a second`)
  const pages: Record<string, Partial<AuditRequest>> = {
    all: {},
    'a later page': { before: Math.round(events / 2) },
    'a person': { who: 'rare' },
    'an action': { action: 'period.changed' },
    'a person and a day': { who: 'rare', from: '2026-02-01', to: '2026-02-03' },
    'a day half a year ago': { from: '2026-05-01', to: '2026-05-01' },
    'an object': { objectType: 'run', objectId: `${Math.round(events / 11)}` },
  }
  const took: Record<string, number> = {}
  for (const [name, request] of Object.entries(pages))
    took[name] = await p95Of(() => readAudit(context.db, { actor: BENCH, ...request }, new Date()))
  took['an event with its proof'] = await p95Of(() => readAuditEvent(context.db, 1 + Math.floor(Math.random() * events), BENCH))
  const worst = Math.max(...Object.values(took))
  const size = { events }
  yield {
    name: 'first page of the audit log, slowest filter',
    value: worst,
    unit: 'ms',
    ...below(worst, 100),
    measured: 'p95',
    ...size,
    p95: took,
  }
  const verified = await seconds(() => checkLog(context.db))
  if (verified.result.differences.length > 0) throw new Error(verified.result.differences.join('\n'))
  yield {
    name: 'verifying the audit log, a million events',
    value: rounded((verified.seconds * 1_000_000) / events, 1),
    unit: 's',
    ...below(rounded((verified.seconds * 1_000_000) / events, 1), 60),
    ...size,
    leavesPerSecond: Math.round(events / sequencing.seconds),
  }
}

async function p95Of(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 21; n++) {
    const { seconds: took } = await seconds(work)
    if (n > 0) times.push(took * 1000)
  }
  return rounded(p95(times), 1)
}
