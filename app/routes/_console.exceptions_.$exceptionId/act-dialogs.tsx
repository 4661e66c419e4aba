import { TEAM_WORDS, SEVERITY_WORDS } from '#app/routes/_console/triage-words.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Select } from '#app/ui/field.tsx'
import { DUE_WORKING_DAYS, SEVERITIES } from '#server/domain/severity.ts'
import { TEAMS } from '#server/domain/triage.ts'
import { ActDialog, Reason, Submit } from './act-parts.tsx'
import { DecideDialog, EndDialog } from './ending-dialogs.tsx'
import type { Screen } from './screen.ts'

/** The dialog that the address names. */
export function Dialogs({ screen }: { screen: Screen }) {
  switch (screen.search.do) {
    case 'assign':
      return <AssignDialog screen={screen} />
    case 'severity':
      return <SeverityDialog screen={screen} />
    case 'end':
      return <EndDialog screen={screen} />
    case 'decide':
      return screen.case.proposal && <DecideDialog screen={screen} proposal={screen.case.proposal} />
    case 'reopen':
      return <ReopenDialog screen={screen} />
    default:
      return null
  }
}

/** Only people are offered who act on such failures and see all of its entities. */
function AssignDialog({ screen }: { screen: Screen }) {
  const { exception, case: asked, me, reasons } = screen
  const against = reasons.assign
  const people = asked.people.filter(({ mayHave }) => mayHave)
  const mine = people.some(({ signIn }) => signIn === me) ? me : ''
  return (
    <ActDialog
      screen={screen}
      title={`Assign exception ${exception.exceptionId}`}
      act="assign"
      against={against}
      buttons={(isSending) => (
        <Submit isSending={isSending} against={against}>
          Assign it
        </Submit>
      )}
    >
      {(refusal) => (
        <div className="grid gap-3 sm:grid-cols-2">
          <Select
            label="Person"
            name="to"
            required
            defaultValue={exception.assignee ?? mine}
            error={refusal?.fields?.to}
            hint="People who act on such failures and see all of its entities."
            options={[
              ...people.map(({ signIn, name, role }) => ({
                value: signIn,
                label: `${name}, ${ROLE_WORDS[role]}${signIn === me ? ' (you)' : ''}`,
              })),
              // Last: a browser takes an empty first choice of a required field for none.
              { value: '', label: 'Nobody: the team has it' },
            ]}
          />
          <Select
            label="Team"
            name="team"
            required
            defaultValue={exception.team}
            options={TEAMS.map((value) => ({ value, label: TEAM_WORDS[value] }))}
          />
        </div>
      )}
    </ActDialog>
  )
}

function SeverityDialog({ screen }: { screen: Screen }) {
  const { exception, reasons, case: asked } = screen
  return (
    <ActDialog
      screen={screen}
      title={`Severity of exception ${exception.exceptionId}`}
      act="grade"
      against={reasons.severity}
      buttons={(isSending) => (
        <Submit isSending={isSending} against={reasons.severity}>
          Change the severity
        </Submit>
      )}
    >
      {(refusal) => (
        <>
          <Select
            label="Severity"
            name="severity"
            required
            defaultValue={exception.severity}
            hint={`Sets when it is due, counted from the day it was opened, by the calendar ${asked.calendar}.`}
            options={SEVERITIES.map((value) => ({
              value,
              label: `${SEVERITY_WORDS[value]}: due ${DUE_WORKING_DAYS[value] === 0 ? 'the same business day' : `after ${counted(DUE_WORKING_DAYS[value], 'business day')}`}`,
            }))}
          />
          <Reason refusal={refusal} />
        </>
      )}
    </ActDialog>
  )
}

function ReopenDialog({ screen }: { screen: Screen }) {
  const { exception, reasons } = screen
  return (
    <ActDialog
      screen={screen}
      title={`Take exception ${exception.exceptionId} up again?`}
      act="reopen"
      against={reasons.reopen}
      buttons={(isSending) => (
        <Submit isSending={isSending} against={reasons.reopen}>
          Take it up again
        </Submit>
      )}
    >
      {(refusal) => (
        <>
          <p>It is open from then on, and due as before. What was agreed stays in its history.</p>
          <Reason refusal={refusal} />
        </>
      )}
    </ActDialog>
  )
}
