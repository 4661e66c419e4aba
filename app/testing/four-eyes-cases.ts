import { randomUUID } from 'node:crypto'
import type { TestDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, TRAILER } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load } from '#db/testing/load.ts'
import { rehearse } from '#db/testing/replays.ts'
import type { Actor } from '#server/domain/actor.ts'
import { approveBulkReplay } from '#server/services/bulk-replay/approve-bulk-replay.ts'
import { startBulkReplay } from '#server/services/bulk-replay/start-bulk-replay.ts'
import { decideCorrection } from '#server/services/corrections/decide-correction.ts'
import { proposeCorrection } from '#server/services/corrections/propose-correction.ts'
import { askReopening } from '#server/services/close/ask-reopening.ts'
import { decideReopening } from '#server/services/close/decide-reopening.ts'
import { decideEnding } from '#server/services/decide-ending.ts'
import { decideMapping } from '#server/services/decide-mapping.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { proposeEnding } from '#server/services/propose-ending.ts'
import { proposeMapping } from '#server/services/propose-mapping.ts'
import { compareWhatMoved } from '#server/services/reconcile/compare-what-moved.ts'
import { decideDefinition } from '#server/services/reconcile/decide-definition.ts'
import { certifyReconciliation, prepareReconciliation } from '#server/services/reconcile/sign.ts'
import { askRollback } from '#server/services/rollback/ask-rollback.ts'
import { decideRollback } from '#server/services/rollback/decide-rollback.ts'
import { setPeriodState } from '#server/services/set-period-state.ts'
import type { Decider } from '../../checks/four-eyes.ts'

/** What somebody asked for, and every way to decide it. */
export type Asked = {
  readonly decide: (actor: Actor) => Promise<unknown>
  /** The forms that decide it: folder of the route, its parameters, its fields. */
  readonly screens: readonly Screen[]
  readonly shell: readonly (readonly string[])[]
  /** Straight into the table, past the product; whether it holds for this person. */
  readonly statement: (person: string) => string
}
export type Screen = { readonly route: string; readonly params: Fields; readonly fields: Fields }
type Fields = Readonly<Record<string, string>>

/** Brings about, on an entity of its own, what is to be decided, and asks for it as this person. */
export type AskingCase = (world: TestDatabase, asks: { readonly actor: Actor; readonly entity: string }) => Promise<Asked>

const formOf = (route: string, params: Fields, fields: Fields): Screen => ({ route, params, fields })

const reason = 'for the test of four eyes'
const PERIOD = '2026-03'
const close = (world: TestDatabase, entity: string) =>
  setPeriodState(world.context, { entity, period: PERIOD, state: 'closed', reason, actor: ADMIN })
/** A job with a system of its own. */
const jobOf = (entity: string, more: Parameters<typeof ledgerJob>[0] = {}) => {
  const name = `job-${entity.toLowerCase()}`
  return ledgerJob({ job: name, system: { code: name, name, kind: 'erp' }, ...more })
}

const exceptionOf = async (world: TestDatabase, job: string): Promise<{ id: number; revision: number }> => {
  const [row] = await world.owner<{ id: string; revision: number }[]>`
    select exception_id as id, revision from exceptions where job_id = (select job_id from jobs where name = ${job}) and closed_at is null
    order by 1 limit 1`
  if (!row) throw new Error(`${job} has no exception`)
  return { id: Number(row.id), revision: row.revision }
}

/** A file that says it has more than it has: an exception for finance and IT both. */
export async function heldBack(world: TestDatabase, entity: string): Promise<{ job: string; exceptionId: number }> {
  const job = jobOf(entity, { format: { type: 'csv', trailer: TRAILER } })
  await load(world.context, job, ledgerCsv([{ id: '1', entity }], [2, 1, '1.00', '0.00']))
  return { job: job.job, exceptionId: (await exceptionOf(world, job.job)).id }
}

export const CASES: Record<Decider, AskingCase> = {
  async decideRollback(world, { actor, entity }) {
    const job = jobOf(entity)
    const rows = ledgerRows(2, { entity })
    await load(world.context, job, ledgerCsv(rows))
    const { runId } = await load(world.context, job, ledgerCsv([{ ...rows[0]!, debit: '77.00' }, rows[1]!]))
    await close(world, entity)
    const { requestId } = await askRollback(world.context, { runId, reason, actor })
    const fields = { intent: 'approveRollback', requestId: `${requestId}`, reason }
    return {
      decide: (by) => decideRollback(world.context, { requestId, isApproved: true, reason, actor: by }),
      screens: [fields, { ...fields, intent: 'declineRollback' }].map((sent) =>
        formOf('_console.runs_.$runId', { runId: `${runId}` }, sent),
      ),
      shell: [
        ['decide-rollback', `${requestId}`, '--reason', reason],
        ['decide-rollback', `${requestId}`, '--decline', '--reason', reason],
      ],
      statement: (by) =>
        `update rollback_requests set answer = 'declined', decided_by = '${by}', decided_at = now(), decision_reason = 'x' where request_id = ${requestId}`,
    }
  },

  async decideReopening(world, { actor, entity }) {
    await load(world.context, jobOf(entity), ledgerCsv(ledgerRows(2, { entity })))
    await close(world, entity)
    const { requestId } = await askReopening(world.context, { entity, period: PERIOD, reason, actor })
    const fields = { intent: 'approve', requestId: `${requestId}`, reason }
    return {
      decide: (by) => decideReopening(world.context, { requestId, isApproved: true, reason, actor: by }),
      screens: [fields, { ...fields, intent: 'decline' }].map((sent) =>
        formOf('_console.close_.$entity.$period', { entity, period: PERIOD }, sent),
      ),
      shell: [
        ['decide-reopening', `${requestId}`, '--reason', reason],
        ['decide-reopening', `${requestId}`, '--decline', '--reason', reason],
      ],
      statement: (by) =>
        `update period_reopenings set answer = 'declined', decided_by = '${by}', decided_at = now(), decision_reason = 'x' where request_id = ${requestId}`,
    }
  },

  async approveBulkReplay(world, { actor, entity }) {
    const job = jobOf(entity, { rules: { members: ['cost_centre'] }, onFailure: 'quarantine' })
    await load(
      world.context,
      job,
      ledgerCsv([
        { id: 'good', entity },
        { id: 'waits', entity, cost_centre: 'UNKNOWN' },
      ]),
    )
    await importJob(world.context, { ...job, mapping: { ...job.mapping, codes: { cost_centre: { UNKNOWN: 'CC1' } } } })
    await close(world, entity)
    const bulkReplayId = await rehearse(world.context, { asked: { job: job.job }, intoClosed: true, actor })
    await startBulkReplay(world.context, { bulkReplayId, reason, actor })
    return {
      decide: (by) => approveBulkReplay(world.context, { bulkReplayId, isApproved: true, reason, actor: by }),
      screens: ['approve', 'decline'].map((intent) =>
        formOf('_console.replays_.$replayId', { replayId: `${bulkReplayId}` }, { intent, reason }),
      ),
      shell: [
        ['approve-replay', `${bulkReplayId}`, '--reason', reason],
        ['approve-replay', `${bulkReplayId}`, '--decline', '--reason', reason],
      ],
      statement: (by) =>
        `update bulk_replays set is_approved = true, decided_by = '${by}', decided_at = now(), status = 'running' where bulk_replay_id = ${bulkReplayId}`,
    }
  },

  async decideMapping(world, { actor, entity }) {
    const { system } = jobOf(entity)
    await importJob(world.context, jobOf(entity))
    const change = {
      dimension: 'cost_centre',
      sourceCode: 'x',
      canonicalCode: 'CC1',
      effectiveFrom: '',
      effectiveTo: '',
    } as const
    const { proposalId } = await proposeMapping(world.context, { system: system.code, change, reason, actor })
    const fields = { intent: 'decide', proposal: `${proposalId}`, seenVersion: '0', reason }
    return {
      decide: (by) => decideMapping(world.context, { proposalId, decision: 'approved', actor: by }),
      screens: ['approved', 'rejected'].map((decision) =>
        formOf('_console.mappings_.systems.$system', { system: system.code }, { ...fields, decision }),
      ),
      shell: ['approve', 'reject'].map((decide) => ['mapping', decide, `${proposalId}`, '--reason', reason]),
      statement: (by) =>
        `update mapping_proposals set state = 'approved', decided_by = '${by}', decided_at = now() where proposal_id = ${proposalId}`,
    }
  },

  async decideCorrection(world, { actor, entity }) {
    const job = jobOf(entity, { rules: { members: ['cost_centre'] }, onFailure: 'quarantine', correctable: ['debit'] })
    const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', entity, cost_centre: 'CC9', debit: '1' }]))
    const [row] = await world.owner<{ id: string }[]>`select rejected_id as id from rejected_records where run_id = ${runId}`
    const asked = { rejectedId: Number(row!.id), field: 'debit', found: '1', corrected: '2', reason, actor } as const
    const { correctionId } = await proposeCorrection(world.context, asked)
    const params = { correctionId: `${correctionId}` }
    return {
      decide: (by) => decideCorrection(world.context, { correctionId, revision: 0, decision: 'approved', actor: by }),
      screens: ['approve', 'refuse'].map((intent) =>
        formOf('_console.corrections_.$correctionId', params, { intent, revision: '0', reason }),
      ),
      shell: [],
      statement: (by) =>
        `update corrections set state = 'active', decided_by = '${by}', decided_at = now() where correction_id = ${correctionId}`,
    }
  },

  /** Of a failure that concerns finance and IT both. */
  async decideEnding(world, { actor, entity }) {
    const { job, exceptionId } = await heldBack(world, entity)
    await proposeEnding(world.context, { exceptions: [{ exceptionId }], ending: 'done_outside', reason, actor })
    const { revision } = await exceptionOf(world, job)
    const fields = { act: 'decide', chosen: `${exceptionId}:${revision}`, reason }
    return {
      decide: (by) => decideEnding(world.context, { exceptions: [{ exceptionId }], decision: 'approved', actor: by }),
      screens: ['approved', 'declined'].flatMap((decision) => [
        formOf('_console.exceptions_.$exceptionId', { exceptionId: `${exceptionId}` }, { ...fields, decision }),
        formOf('_console.exceptions', {}, { ...fields, decision }),
      ]),
      shell: [],
      statement: (by) =>
        `update exception_endings set decision = 'approved', decided_by = '${by}', decided_at = now() where exception_id = ${exceptionId}`,
    }
  },

  /** A new one that lets its rule certify. */
  async decideDefinition(world, { actor, entity }) {
    const definition = {
      kind: 'reconciliation',
      reconciliation: `auto-${entity.toLowerCase()}`,
      title: entity,
      entities: [entity],
      sides: ['a', 'b'].map((name) => ({ name, system: name })),
      key: ['document'],
      certification: { automaticUpTo: { NOK: '1' } },
    }
    const [imported] = await importDefinitions(world.context, { yaml: JSON.stringify(definition), actor })
    if (imported?.change !== 'proposed' || !imported.proposal) throw new Error(`${entity} was not proposed`)
    const { proposalId } = imported.proposal
    const params = { proposalId: `${proposalId}` }
    return {
      decide: (by) => decideDefinition(world.context, { proposalId, isApproved: true, reason, actor: by }),
      screens: ['approve', 'decline'].map((intent) =>
        formOf('_console.reconciliations_.proposals.$proposalId', params, { intent, reason }),
      ),
      shell: ['approve', 'decline'].map((verb) => ['definition', verb, `${proposalId}`, '--reason', reason]),
      statement: (by) =>
        `update reconciliation_proposals set answer = 'approved', decided_by = '${by}', decided_at = now() where proposal_id = ${proposalId}`,
    }
  },

  async certifyReconciliation(world, { actor, entity }) {
    const [ledger, billing] = [jobOf(entity), jobOf(`${entity}B`)]
    const sides = [ledger, billing].map(({ system }) => ({ name: system.name, system: system.code }))
    const definition = {
      kind: 'reconciliation',
      reconciliation: `of-${entity.toLowerCase()}`,
      title: entity,
      sides,
      key: ['document'],
    }
    await importDefinitions(world.context, { yaml: JSON.stringify(definition), actor: ADMIN })
    const rows = [{ id: '1', entity, document: 'INV1', debit: '', credit: '10.00' }]
    for (const job of [ledger, billing]) await load(world.context, job, ledgerCsv(rows))
    await compareWhatMoved(world.context)
    const standing = async () => {
      const [row] = await world.owner<{ id: number; comparison: number; revision: number }[]>`
        select reconciliation_id as id, comparison_id as comparison, revision from reconciliations where entity = ${entity}`
      return row!
    }
    const { id: reconciliationId, comparison, revision: before } = await standing()
    await prepareReconciliation(world.context, { reconciliationId, seenRevision: before, actor })
    const { revision } = await standing()
    const params = { reconciliationId: `${reconciliationId}` }
    return {
      decide: (by) => certifyReconciliation(world.context, { reconciliationId, seenRevision: revision, actor: by }),
      screens: [formOf('_console.reconciliations_.$reconciliationId', params, { intent: 'certify', revision: `${revision}` })],
      shell: [],
      statement: (by) =>
        `insert into sign_offs (reconciliation_id, comparison_id, act, signed_by, comment, signed_at) values (${reconciliationId}, ${comparison}, 'certified', '${by}', '', now())`,
    }
  },
}

/** As a browser sends it: a key of its own with each. */
export const bodyOf = (fields: Fields): URLSearchParams => new URLSearchParams({ ...fields, idempotencyKey: randomUUID() })
