import { z } from 'zod'
import { ActForm, actOnExceptions } from '#app/.server/exception-acts.ts'
import type { Given } from '#app/.server/guarded.ts'
import { SEVERITY_WORDS, TEAM_WORDS } from '#app/routes/_console/triage-words.ts'

/** What a form of this page may ask for: an act, or to take one back. */
export const AskedForm = z.discriminatedUnion('act', [
  ...ActForm.options,
  z.object({ act: z.literal('undo'), correlationId: z.uuid() }),
])
export type AskedForm = z.infer<typeof AskedForm>

/** What was done, for the page that asked for it. `undo`: names the act that can be taken back. */
export type Did = { readonly text: string; readonly undo: string | null }

/** Done, or why it was not: of one exception there is nothing in between. */
export async function actOnOne(
  services: Given['services'],
  exceptionId: number,
  form: AskedForm,
  actor: Given['actor'],
): Promise<{ did: Did } | { why: string; isAllowed: boolean }> {
  const isOther = form.act !== 'undo' && form.chosen.some((seen) => seen.exceptionId !== exceptionId)
  if (isOther) return { why: 'This form is not one of this page', isAllowed: true }
  const { results, correlationId } =
    form.act === 'undo'
      ? await services.undoTriage({ correlationId: form.correlationId, actor })
      : await actOnExceptions(services, form, actor)
  const result = results.find((one) => one.exceptionId === exceptionId)
  if (result?.outcome !== 'done')
    return { why: result?.why ?? 'That act was about another exception', isAllowed: result?.outcome !== 'not_allowed' }
  return { did: { text: wordsOf(form), undo: UNDOABLE.includes(form.act) ? correlationId : null } }
}

const UNDOABLE: readonly AskedForm['act'][] = ['assign', 'take', 'move', 'grade']
const MOVED = {
  open: 'Back to open.',
  in_progress: 'Work on it has begun.',
  waiting_for_replay: 'It waits for a replay.',
} as const
const DECIDED = { approved: 'Approved.', declined: 'Declined.', withdrawn: 'Withdrawn.' } as const

function wordsOf(form: AskedForm): string {
  switch (form.act) {
    case 'assign':
      return `Given to ${form.to || 'nobody'}${form.team ? `, ${TEAM_WORDS[form.team]}` : ''}.`
    case 'take':
      return 'It is yours.'
    case 'move':
      return MOVED[form.to]
    case 'grade':
      return `Severity is ${SEVERITY_WORDS[form.severity].toLowerCase()}.`
    case 'end':
      return 'Proposed: somebody else decides.'
    case 'decide':
      return DECIDED[form.decision]
    case 'reopen':
      return 'Taken up again.'
    case 'note':
      return 'Noted.'
    case 'undo':
      return 'Taken back.'
  }
}
