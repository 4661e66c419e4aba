export const ROLES = ['finance_operations', 'controller', 'it', 'auditor', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** A person, a service principal or a job that did something. */
export type Actor = {
  /** Sign-in name, or service:worker, service:cli. */
  readonly name: string
  readonly role: Role | 'service'
  /** Entities the actor may see and change; ['*'] is all. */
  readonly entityScope: readonly string[]
  /** Who is away, and whom they stand in for now. */
  readonly standsInFor?: readonly string[]
}

/**
 * Who did the first, as it is said to whoever would do the second: themselves, or somebody they stand in for; null where they are the second.
 * Whoever is away does not get to pick the second person for what they did themselves.
 */
export function firstIs({ name, standsInFor = [] }: Pick<Actor, 'name' | 'standsInFor'>, first: string): string | null {
  if (name === first) return 'you'
  return standsInFor.includes(first) ? `${first}, for whom you stand in,` : null
}

export const WORKER: Actor = { name: 'service:worker', role: 'service', entityScope: ['*'] }

export const SCHEDULER: Actor = { name: 'service:scheduler', role: 'service', entityScope: ['*'] }

/** Every state change there is, and who may ask for it. A command that is not listed does not compile. */
export const COMMAND_POLICY = {
  loadFile: ['finance_operations', 'it', 'admin'],
  startRun: ['finance_operations', 'it', 'admin', 'service'],
  restartRun: ['it', 'admin'],
  replayRun: ['finance_operations', 'it', 'admin'],
  previewReplay: ['finance_operations', 'controller', 'it', 'admin'],
  rehearseReplay: ['finance_operations', 'controller', 'it', 'admin'],
  startBulkReplay: ['finance_operations', 'it', 'admin'],
  /** Of a replay into a closed period; never whoever asked for it. */
  approveBulkReplay: ['controller', 'admin'],
  abortBulkReplay: ['finance_operations', 'it', 'admin'],
  rollbackRun: ['it', 'admin'],
  askRollback: ['it', 'admin'],
  /** Of a rollback that moves closed periods; never whoever asked for it. */
  decideRollback: ['controller', 'admin'],
  cancelRun: ['finance_operations', 'it', 'admin'],
  retryDelivery: ['it', 'admin'],
  holdDelivery: ['it', 'admin'],
  abortDelivery: ['it', 'admin'],
  importJob: ['finance_operations', 'it', 'admin'],
  importCalendar: ['finance_operations', 'it', 'admin'],
  setPeriodState: ['controller', 'admin'],
  askReopening: ['controller'],
  /** Of a closed period; never whoever asked for it. */
  decideReopening: ['controller'],
  addPerson: ['admin'],
  changePerson: ['admin'],
  /** For oneself; an administrator for others. */
  nameStandIn: ['finance_operations', 'controller', 'it', 'admin'],
  endStandIn: ['finance_operations', 'controller', 'it', 'admin'],
  pauseJob: ['finance_operations', 'it', 'admin'],
  resumeJob: ['finance_operations', 'it', 'admin'],
  changeSchedule: ['finance_operations', 'it', 'admin'],
  proposeMapping: ['finance_operations', 'controller', 'admin'],
  decideMapping: ['finance_operations', 'controller', 'admin'],
  correctMember: ['finance_operations', 'admin'],
  proposeCorrection: ['finance_operations', 'admin'],
  /** What moves money: never whoever proposed it. */
  decideCorrection: ['finance_operations', 'controller', 'admin'],
  withdrawCorrection: ['finance_operations', 'controller', 'admin'],
  testConnection: ['finance_operations', 'it', 'admin'],
  /** Changes nothing but the log, which says who took it. */
  exportAudit: ['finance_operations', 'controller', 'it', 'auditor', 'admin'],
  /** Changes nothing but the log, which says what an auditor looked at and took along. */
  noteReading: ['auditor'],
  /** Changes nothing but the log, which says that somebody read the notes that name them. */
  readMentions: ['finance_operations', 'controller', 'it', 'admin'],
  signCheckpoint: ['controller', 'it', 'admin', 'service'],
  changeAuditKey: ['admin', 'service'],
  saveView: ['finance_operations', 'controller', 'it', 'admin'],
  /** Whose exception it is by its class is asked for each one: domain/triage.ts. */
  assignException: ['finance_operations', 'controller', 'it', 'admin'],
  moveException: ['finance_operations', 'controller', 'it', 'admin'],
  gradeException: ['finance_operations', 'controller', 'it', 'admin'],
  proposeEnding: ['finance_operations', 'controller', 'it', 'admin'],
  decideEnding: ['finance_operations', 'controller', 'it', 'admin'],
  reopenException: ['finance_operations', 'controller', 'it', 'admin'],
  noteException: ['finance_operations', 'controller', 'it', 'admin'],
  /** What its rows ask for is asked once more, row by row. */
  bringWorkSheet: ['finance_operations', 'controller', 'it', 'admin'],
  carryOutWorkSheet: ['finance_operations', 'controller', 'it', 'admin'],
  undoTriage: ['finance_operations', 'controller', 'it', 'admin'],
  importRouting: ['finance_operations', 'it', 'admin'],
  reviveException: ['service'],
  classifyException: ['it', 'admin'],
  withdrawClassificationRule: ['it', 'admin'],
  /** What loosens control waits for a second person. */
  importReconciliation: ['controller', 'admin'],
  /** What puts it into force: never whoever proposed it. */
  decideDefinition: ['controller'],
  /** By itself whenever a side moved, or because somebody wants to know now. */
  compareReconciliation: ['finance_operations', 'controller', 'admin', 'service'],
  matchLines: ['finance_operations', 'controller'],
  explainBreak: ['finance_operations', 'controller'],
  withdrawExplanation: ['finance_operations', 'controller'],
  addEvidence: ['finance_operations', 'controller'],
  withdrawEvidence: ['finance_operations', 'controller'],
  /** Changes nothing but the log, which says who took it. */
  takeEvidencePack: ['finance_operations', 'controller', 'it', 'auditor', 'admin'],
  prepareReconciliation: ['finance_operations', 'controller'],
  /** Never who prepared it or changed something under it: domain/reconciliation/may-sign.ts, and a trigger. */
  certifyReconciliation: ['controller'],
  rejectReconciliation: ['controller'],
  decideTick: ['service'],
  judgeFeed: ['service'],
  releaseRun: ['service'],
  publishLoad: ['service'],
  holdRun: ['service'],
  failRun: ['service'],
  recoverRun: ['service'],
  advanceBulkReplay: ['service'],
  endDelivery: ['service'],
  recoverDelivery: ['service'],
} as const satisfies Record<string, readonly Actor['role'][]>
export type CommandName = keyof typeof COMMAND_POLICY

export const mayDo = (actor: Actor, command: CommandName): boolean =>
  (COMMAND_POLICY[command] as readonly Actor['role'][]).includes(actor.role)

export const seesEntity = (actor: Pick<Actor, 'entityScope'>, entity: string): boolean =>
  actor.entityScope.includes('*') || actor.entityScope.includes(entity)
