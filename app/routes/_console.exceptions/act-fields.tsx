import { ReasonField } from '#app/routes/_console/dialog-parts.tsx'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { ENDING_WORDS, SEVERITY_WORDS, TEAM_WORDS } from '#app/routes/_console/triage-words.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Input, Select, Textarea } from '#app/ui/field.tsx'
import type { Role } from '#server/domain/actor.ts'
import { DUE_WORKING_DAYS, SEVERITIES } from '#server/domain/severity.ts'
import { ENDINGS, TEAMS } from '#server/domain/triage.ts'
import type { ActName } from './acts.ts'

export type People = readonly { readonly signIn: string; readonly name: string; readonly role: Role }[]
type Props = { act: ActName; people: People; refusal: ReturnType<typeof useRefusal>; today: string }

/** What an act needs to know. A second person decides endings, so proposing one asks for a reason and changes nothing yet. */
export function ActFields({ act, people, refusal, today }: Props) {
  switch (act) {
    case 'assign':
      return (
        <>
          <input type="hidden" name="act" value="assign" />
          <Select
            label="To"
            name="to"
            data-first=""
            options={[
              { value: '', label: 'Nobody: whoever of the team takes it' },
              ...people.map(({ signIn, name, role }) => ({ value: signIn, label: `${name} (${ROLE_WORDS[role]})` })),
            ]}
            error={refusal?.fields?.to}
          />
          <Select
            label="Team"
            name="team"
            options={[{ value: '', label: 'As it is' }, ...TEAMS.map((value) => ({ value, label: TEAM_WORDS[value] }))]}
          />
        </>
      )
    case 'end':
      return (
        <>
          <input type="hidden" name="act" value="end" />
          <Select
            label="What becomes of it"
            name="ending"
            data-first=""
            options={ENDINGS.map((value) => ({ value, label: `${ENDING_WORDS[value].verb}: ${ENDING_WORDS[value].what}` }))}
          />
          <LastDay today={today} hint="For a waiver only: the last day it holds." />
          <ReasonField refusal={refusal} hint="A second person reads it and decides. Kept in the audit log." />
        </>
      )
    case 'waive':
      return (
        <>
          <input type="hidden" name="act" value="end" />
          <input type="hidden" name="ending" value="waived" />
          <LastDay today={today} hint="It comes back the day after. A waiver never counts as passed." isRequired />
          <ReasonField refusal={refusal} hint="A second person reads it and decides. Kept in the audit log." />
        </>
      )
    case 'decide':
      return (
        <>
          <input type="hidden" name="act" value="decide" />
          <Select
            label="Decision"
            name="decision"
            data-first=""
            options={[
              { value: 'approved', label: 'Approve: it ends as proposed' },
              { value: 'declined', label: 'Decline: it stays open' },
              { value: 'withdrawn', label: 'Withdraw: I proposed it' },
            ]}
          />
          <Textarea
            label="Reason"
            name="reason"
            maxLength={1000}
            error={refusal?.fields?.reason}
            hint="Needed for declining. Whoever proposed it, or asked for a run that found it, cannot approve it."
          />
        </>
      )
    case 'grade':
      return (
        <>
          <input type="hidden" name="act" value="grade" />
          <Select
            label="Severity"
            name="severity"
            data-first=""
            options={SEVERITIES.map((value) => ({ value, label: `${SEVERITY_WORDS[value]}: ${dueIn(DUE_WORKING_DAYS[value])}` }))}
          />
          <ReasonField refusal={refusal} />
        </>
      )
    case 'note':
      return (
        <>
          <input type="hidden" name="act" value="note" />
          <Textarea
            label="Note"
            name="text"
            required
            data-first=""
            maxLength={5000}
            error={refusal?.fields?.text}
            hint="Name a person by their sign-in with an @: they find it under “A note names me”."
          />
        </>
      )
    case 'reopen':
      return (
        <>
          <input type="hidden" name="act" value="reopen" />
          <ReasonField refusal={refusal} />
        </>
      )
  }
}

const LastDay = ({ today, hint, isRequired = false }: { today: string; hint: string; isRequired?: boolean }) => (
  <Input
    type="date"
    label="Until"
    name="until"
    min={today}
    required={isRequired}
    {...(isRequired && { 'data-first': '' })}
    hint={hint}
  />
)

const dueIn = (days: number): string =>
  days === 0 ? 'due the same business day' : `due after ${days} business day${days === 1 ? '' : 's'}`
