import { z } from 'zod'
import type { Actor } from '#server/domain/actor.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import { ENDINGS, TEAMS } from '#server/domain/triage.ts'
import type { Services } from '#server/services/services.ts'
import { Day } from './forms.ts'

/** 'id:revision' of each, as the person saw them. */
const Chosen = z
  .string()
  .max(200_000)
  .transform((text) => text.split(','))
  .pipe(z.array(z.string().regex(/^[1-9]\d{0,8}:\d{1,9}$/, 'Choose the exceptions again')).min(1, 'Choose an exception'))
  .transform((pairs) =>
    pairs.map((pair) => {
      const [exceptionId = '', revision = ''] = pair.split(':')
      return { exceptionId: Number.parseInt(exceptionId, 10), revision: Number.parseInt(revision, 10) }
    }),
  )
const Reason = z.string().max(1_000, 'Say it in at most 1,000 characters').optional()
const of = { chosen: Chosen, idempotencyKey: z.uuid(), reason: Reason }

/** What a person may do with exceptions from a form. */
export const ActForm = z.discriminatedUnion('act', [
  z.object({ act: z.literal('assign'), ...of, to: z.string().max(64).default(''), team: z.enum(TEAMS).optional() }),
  z.object({ act: z.literal('take'), ...of }),
  z.object({ act: z.literal('move'), ...of, to: z.enum(['open', 'in_progress', 'waiting_for_replay']) }),
  z.object({ act: z.literal('grade'), ...of, severity: z.enum(SEVERITIES) }),
  z.object({ act: z.literal('end'), ...of, ending: z.enum(ENDINGS), until: Day.optional() }),
  z.object({ act: z.literal('decide'), ...of, decision: z.enum(['approved', 'declined', 'withdrawn']) }),
  z.object({ act: z.literal('reopen'), ...of }),
  z.object({ act: z.literal('note'), ...of, text: z.string().max(5_000, 'Say it in at most 5,000 characters').default('') }),
])
export type ActForm = z.infer<typeof ActForm>

/** Carries out what the form asks for. Throws what the service throws. */
export function actOnExceptions(services: Services, { chosen: exceptions, ...form }: ActForm, actor: Actor) {
  const { idempotencyKey, reason } = form
  const common = { exceptions, actor, idempotencyKey }
  switch (form.act) {
    case 'assign':
      return services.assignExceptions({ ...common, assignee: form.to || null, team: form.team })
    case 'take':
      return services.assignExceptions({ ...common, assignee: actor.name })
    case 'move':
      return services.moveExceptions({ ...common, to: form.to })
    case 'grade':
      return services.gradeExceptions({ ...common, severity: form.severity, reason })
    case 'end':
      return services.proposeEnding({ ...common, ending: form.ending, until: form.until, reason })
    case 'decide':
      return services.decideEnding({ ...common, decision: form.decision, reason })
    case 'reopen':
      return services.reopenExceptions({ ...common, reason })
    case 'note':
      return services.noteExceptions({ ...common, text: form.text })
  }
}
