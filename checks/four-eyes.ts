import type { CommandName } from '#server/domain/actor.ts'

/** What a second person decides, and what the first one asked for it with. Each has a case in app/four-eyes.test.ts. */
export const FOUR_EYES = {
  approveBulkReplay: 'startBulkReplay',
  decideRollback: 'askRollback',
  decideReopening: 'askReopening',
  decideMapping: 'proposeMapping',
  decideCorrection: 'proposeCorrection',
  decideEnding: 'proposeEnding',
  decideDefinition: 'importReconciliation',
  certifyReconciliation: 'prepareReconciliation',
} as const satisfies Partial<Record<CommandName, CommandName>>
export type Decider = keyof typeof FOUR_EYES

/** By its name a decision about what somebody else asked for. */
export const DECIDES = /^(decide|approve|certify|confirm)[A-Z]/
