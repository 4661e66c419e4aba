import type { Scope } from '#app/paths.ts'
import type { readJob, readScheduleDialog } from '#app/.server/reads.ts'
import type { Reasons } from './reasons-against.ts'
import type { Asked } from './schedule-form.ts'

/** What the loader gives the parts of this screen. */
export type Screen = Awaited<ReturnType<typeof readJob>> & {
  readonly search: { readonly do?: 'pause' | 'resume' | 'schedule' | undefined }
  /** The schedule the dialog is about, and what it would mean. */
  readonly asked: Asked
  readonly dialog: Awaited<ReturnType<typeof readScheduleDialog>> | null
  /** Why an action is not to be had; null where it is. */
  readonly reasons: Reasons
  readonly scope: Scope
  readonly key: string
}
