import type { Database } from '#db/client.ts'
import { credentialFrom } from '#server/platform/env.ts'
import { NO_KEY, type KeyStore } from '#server/platform/audit-log/key-store.ts'
import type { Logger } from '#server/platform/logger.ts'
import { addPerson } from './add-person.ts'
import { exportCheckpoint, exportEvidence } from './audit/export-evidence.ts'
import { noteReading } from './audit/note-reading.ts'
import { rotateAuditKey } from './audit/rotate-key.ts'
import { signCheckpoint } from './audit/sign-checkpoint.ts'
import { abortBulkReplay } from './bulk-replay/abort-bulk-replay.ts'
import { approveBulkReplay } from './bulk-replay/approve-bulk-replay.ts'
import { rehearseReplay } from './bulk-replay/rehearse-replay.ts'
import { startBulkReplay } from './bulk-replay/start-bulk-replay.ts'
import { cancelRun } from './cancel-run.ts'
import { abortDelivery, holdDelivery, retryDelivery } from './change-delivery.ts'
import { changePerson } from './change-person.ts'
import { endStandIn } from './stand-in/end-stand-in.ts'
import { nameStandIn } from './stand-in/name-stand-in.ts'
import { changeSchedule } from './change-schedule.ts'
import { confirmReplay } from './confirm-replay.ts'
import { assignExceptions } from './assign-exceptions.ts'
import { moveExceptions } from './move-exceptions.ts'
import { gradeExceptions } from './grade-exceptions.ts'
import { proposeEnding } from './propose-ending.ts'
import { decideEnding } from './decide-ending.ts'
import { reopenExceptions } from './reopen-exceptions.ts'
import { noteExceptions } from './note-exceptions.ts'
import { undoTriage } from './undo-triage.ts'
import { classifyException } from './classify-exception.ts'
import type { Context } from './context.ts'
import { decideCorrection } from './corrections/decide-correction.ts'
import { proposeCorrection } from './corrections/propose-correction.ts'
import { withdrawCorrection } from './corrections/withdraw-correction.ts'
import { correctMember } from './correct-member.ts'
import { decideMapping } from './decide-mapping.ts'
import { recordAuditExport } from './record-audit-export.ts'
import { exportJob, importDefinitions } from './import-definitions.ts'
import { loadFile } from './load-file.ts'
import { explainBreak, withdrawExplanation } from './reconcile/explain.ts'
import { takeEvidencePack } from './evidence-pack/take-evidence-pack.ts'
import { takePeriodPack } from './evidence-pack/take-period-pack.ts'
import { addEvidence, withdrawEvidence } from './reconcile/evidence.ts'
import { compareNow } from './reconcile/compare-now.ts'
import { joinLines, joinParts, partLines, undoMatchAct } from './reconcile/match-lines.ts'
import { certifyReconciliation, prepareReconciliation, rejectReconciliation } from './reconcile/sign.ts'
import { readMentions } from './read-mentions.ts'
import { removeView } from './remove-view.ts'
import { renameView } from './rename-view.ts'
import { proposeMapping, proposeMappings } from './propose-mapping.ts'
import { pauseJob } from './pause-job.ts'
import { replayRun } from './replay-run.ts'
import { restartRun } from './restart-run.ts'
import { resumeJob } from './resume-job.ts'
import { decideDefinition } from './reconcile/decide-definition.ts'
import { askReopening } from './close/ask-reopening.ts'
import { decideReopening } from './close/decide-reopening.ts'
import { askRollback } from './rollback/ask-rollback.ts'
import { decideRollback } from './rollback/decide-rollback.ts'
import { previewRollback, rollbackRun } from './rollback/rollback-run.ts'
import { runJob } from './run-job.ts'
import { saveView } from './save-view.ts'
import { setDefaultView } from './set-default-view.ts'
import { setPeriodState, setPeriodStates } from './set-period-state.ts'
import { signIn, signOut, whoIs } from './sign-in.ts'
import { startRun } from './start-run.ts'
import { testConnection } from './test-connection.ts'
import { startFolderRuns } from './start-folder-runs.ts'
import { verify } from './verify.ts'
import { bringWorkSheet } from './work-sheet/bring-work-sheet.ts'
import { carryOutWorkSheet } from './work-sheet/carry-out-work-sheet.ts'
import { withdrawClassificationRule } from './withdraw-classification-rule.ts'

/** What can be done, for every door. Each is one verb in one file; reads are in reads/. */
const ACTIONS = {
  bringWorkSheet,
  carryOutWorkSheet,
  classifyException,
  withdrawClassificationRule,
  withdrawCorrection,
  undoTriage,
  noteExceptions,
  reopenExceptions,
  decideEnding,
  proposeEnding,
  gradeExceptions,
  moveExceptions,
  assignExceptions,
  abortBulkReplay,
  abortDelivery,
  addPerson,
  noteReading,
  rotateAuditKey,
  signCheckpoint,
  askReopening,
  askRollback,
  approveBulkReplay,
  cancelRun,
  certifyReconciliation,
  compareNow,
  takeEvidencePack,
  takePeriodPack,
  addEvidence,
  withdrawEvidence,
  explainBreak,
  joinLines,
  joinParts,
  partLines,
  undoMatchAct,
  prepareReconciliation,
  rejectReconciliation,
  withdrawExplanation,
  changePerson,
  nameStandIn,
  endStandIn,
  changeSchedule,
  confirmReplay,
  correctMember,
  decideCorrection,
  decideDefinition,
  decideMapping,
  exportCheckpoint,
  exportEvidence,
  decideReopening,
  decideRollback,
  exportJob,
  holdDelivery,
  importDefinitions,
  loadFile,
  pauseJob,
  previewRollback,
  recordAuditExport,
  rehearseReplay,
  readMentions,
  removeView,
  renameView,
  proposeCorrection,
  proposeMapping,
  proposeMappings,
  replayRun,
  restartRun,
  retryDelivery,
  resumeJob,
  rollbackRun,
  runJob,
  saveView,
  setDefaultView,
  setPeriodState,
  setPeriodStates,
  signIn,
  signOut,
  startFolderRuns,
  startBulkReplay,
  startRun,
  testConnection,
  verify,
  whoIs,
}

type Bound<F> = F extends (context: infer _C, ...args: infer A) => infer R ? (...args: A) => R : never
export type Services = { readonly [K in keyof typeof ACTIONS]: Bound<(typeof ACTIONS)[K]> } & { readonly context: Context }

export type Parts = { readonly db: Database; readonly logger: Logger; readonly now: () => Date; readonly auditKey?: KeyStore }

export function makeContext({ db, logger, now, auditKey = NO_KEY }: Parts): Context {
  return { db, log: logger, now, credential: credentialFrom, auditKey, workerId: null }
}

export function createServices(parts: Parts): Services {
  const context = makeContext(parts)
  const bound = Object.fromEntries(
    Object.entries(ACTIONS).map(([name, action]) => [
      name,
      (...args: unknown[]) => (action as (...all: unknown[]) => unknown)(context, ...args),
    ]),
  )
  return { ...(bound as Omit<Services, 'context'>), context }
}
