/** person: somebody decided. system: we did. integration: a source answered, or did not. */
export const EVENT_KINDS = ['person', 'system', 'integration'] as const
export type EventKind = (typeof EVENT_KINDS)[number]
