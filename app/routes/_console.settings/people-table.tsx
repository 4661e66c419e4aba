import { CircleSlash } from 'lucide-react'
import type { PersonRow } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { scopeWords } from '#app/routes/_console/person-form.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Age, Time } from '#app/ui/time.tsx'

export function PeopleTable({ people, me, now }: { people: readonly PersonRow[]; me: string; now: string }) {
  return (
    <DataTable
      caption="People"
      rows={people}
      rowKey={({ signIn }) => signIn}
      href={({ signIn }) => paths.person(signIn)}
      columns={[
        { key: 'signIn', head: 'Sign-in', fit: true, cell: ({ signIn }) => <span className="mono">{signIn}</span> },
        {
          key: 'name',
          head: 'Name',
          cell: ({ name, signIn }) => (
            <>
              {name}
              {signIn === me && <span className="text-ink-3"> (you)</span>}
            </>
          ),
        },
        { key: 'role', head: 'Role', fit: true, cell: ({ role }) => ROLE_WORDS[role] },
        { key: 'scope', head: 'Entities', wrap: true, cell: ({ entityScope }) => scopeWords(entityScope) },
        {
          key: 'last',
          head: 'Last sign-in',
          fit: true,
          cell: ({ lastSignInAt }) =>
            lastSignInAt ? (
              <span className="grid">
                <Time at={lastSignInAt} />
                <span className="text-ink-3">
                  <Age from={lastSignInAt} now={now} />
                </span>
              </span>
            ) : (
              <span className="text-ink-3">never</span>
            ),
        },
        {
          key: 'sessions',
          head: 'Open sessions',
          align: 'number',
          fit: true,
          cell: ({ sessions }) => (sessions === 0 ? <span className="text-ink-3">–</span> : sessions),
        },
        {
          key: 'state',
          head: 'Access',
          fit: true,
          cell: ({ disabledAt }) =>
            disabledAt ? (
              <Badge tone="past" icon={CircleSlash} title={`since ${disabledAt}`}>
                Disabled
              </Badge>
            ) : (
              <span className="text-ink-2">may sign in</span>
            ),
        },
        {
          key: 'did',
          head: 'What they did',
          fit: true,
          cell: ({ signIn }) => (
            <Link href={paths.audit({ actor: signIn })} className="link">
              Audit<span className="visually-hidden"> of {signIn}</span>
            </Link>
          ),
        },
      ]}
      empty={null}
      footer={
        <p className="figure-foot">
          <span>
            Read <Time at={now} seconds showZone />
          </span>
          <span>{counted(people.length, 'person', 'people')}</span>
        </p>
      }
    />
  )
}
