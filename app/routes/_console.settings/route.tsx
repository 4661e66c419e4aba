import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { UserPlus } from 'lucide-react'
import { z } from 'zod'
import { Id, readForm, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readClassificationRules, readInstallation, readPeople } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { NameField, PasswordField, RoleField, ScopeField } from '#app/routes/_console/person-form.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Refusal } from '#server/domain/errors.ts'
import { AddDialog } from './add-dialog.tsx'
import { ClassificationRules } from './classification-rules.tsx'
import { Installation } from './installation.tsx'
import { PeopleTable } from './people-table.tsx'
import { WithdrawDialog } from './withdraw-dialog.tsx'

const Search = z.object({
  view: z.enum(['people', 'installation', 'classification']).default('people'),
  do: z.enum(['add', 'withdraw']).optional(),
  rule: Id.optional(),
})
const WithdrawForm = z.object({
  intent: z.literal('withdraw'),
  ruleId: Id,
  reason: z.string().min(5, 'Say why, in at least 5 characters').max(1_000),
  idempotencyKey: z.uuid(),
})
const AddForm = z.object({
  intent: z.literal('add'),
  signIn: z.string({ error: 'Give a sign-in name' }).regex(/^\w[\w.@+-]{0,63}$/, 'Letters, digits and . _ @ + -'),
  name: NameField,
  role: RoleField,
  entityScope: ScopeField,
  password: PasswordField,
  idempotencyKey: z.uuid(),
})
const SettingsForm = z.discriminatedUnion('intent', [AddForm, WithdrawForm])

export const loader = guarded('settings:read', async ({ url, services: { context }, actor }) => {
  const search = readSearch(url, Search)
  const { view } = search
  return {
    search,
    people: view === 'people' ? await readPeople(context.db) : null,
    installation: view === 'installation' ? await readInstallation(context.db, context.credential, context.now()) : null,
    classification: view === 'classification' ? await readClassificationRules(context.db) : null,
    reason: againstRole(actor, view === 'classification' ? 'withdrawClassificationRule' : 'addPerson'),
    me: actor.name,
    now: context.now().toISOString(),
    key: randomUUID(),
  }
})

export const action = guarded('settings:read', async ({ request, services, actor }) => {
  const form = await readForm(request, SettingsForm)
  if (form.intent === 'withdraw') {
    await services.withdrawClassificationRule({ ...form, actor })
    return redirect(paths.settings({ view: 'classification' }))
  }
  const { isNew } = await services.addPerson({ ...form, actor })
  if (!isNew) throw new Refusal('person_exists', form.signIn)
  return redirect(paths.settings())
})

export const meta: MetaFunction = () => [{ title: 'Settings · Finance Control Tower' }]

export default function Settings() {
  const { search, people, installation, classification, reason, me, now, key } = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  return (
    <>
      <PageHeader
        title="Settings"
        state={
          people
            ? peopleState(people.people)
            : classification
              ? `${counted(classification.inForce, 'rule')} in force: what IT said of failures that have no name of our own.`
              : 'What this installation is made of and goes by. Names of settings, never their values.'
        }
        actions={
          people &&
          (reason ? (
            <Button kind="primary" icon={UserPlus} disabledReason={reason} reasonAlign="end">
              Add a person
            </Button>
          ) : (
            <ButtonLink kind="primary" icon={UserPlus} href={paths.settings({ do: 'add' })} keepScroll>
              Add a person
            </ButtonLink>
          ))
        }
      />
      <Tabs
        label="Settings"
        tabs={[
          { href: paths.settings(), label: 'People', current: search.view === 'people' },
          {
            href: paths.settings({ view: 'classification' }),
            label: 'Classification',
            current: search.view === 'classification',
          },
          { href: paths.settings({ view: 'installation' }), label: 'Installation', current: search.view === 'installation' },
        ]}
      />
      {people && <PeopleTable people={people.people} me={me} now={now} />}
      {classification && <ClassificationRules rules={classification.rules} reason={reason} />}
      {classification && search.do === 'withdraw' && search.rule && (
        <WithdrawDialog screen={{ key, reason, ruleId: search.rule }} refusal={refusal} />
      )}
      {installation && <Installation installation={installation} now={now} />}
      {people && search.do === 'add' && <AddDialog reason={reason} refusal={refusal} minted={key} />}
    </>
  )
}

function peopleState(
  people: readonly { readonly disabledAt: string | null; readonly sessions: number; readonly role: string }[],
) {
  const working = people.filter(({ disabledAt }) => disabledAt === null)
  const admins = working.filter(({ role }) => role === 'admin').length
  const online = working.filter(({ sessions }) => sessions > 0).length
  return `${counted(working.length, 'person', 'people')} may sign in, ${counted(admins, 'administrator')} among them; ${online} signed in now.`
}
