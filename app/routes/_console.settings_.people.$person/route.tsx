import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { CircleSlash } from 'lucide-react'
import { z } from 'zod'
import { Id, readForm, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readPerson } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { NameField, PasswordField, RoleField, ScopeField, scopeWords } from '#app/routes/_console/person-form.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { StandInForm, StandIns } from './stand-ins.tsx'
import { AccessForm, FactsForm, PasswordForm, SessionsForm } from './person-forms.tsx'

const Params = z.object({ person: z.string().max(64) })
const Why = z.string().max(1_000, 'Say it in at most 1,000 characters').optional()
const key = z.uuid()
const PersonForm = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('change'),
    idempotencyKey: key,
    name: NameField,
    role: RoleField.optional(),
    entityScope: ScopeField.optional(),
    reason: Why,
  }),
  z.object({ intent: z.literal('password'), idempotencyKey: key, password: PasswordField }),
  z.object({ intent: z.literal('disable'), idempotencyKey: key, reason: Why }),
  z.object({ intent: z.literal('enable'), idempotencyKey: key, reason: Why }),
  z.object({ intent: z.literal('end'), idempotencyKey: key }),
  z.object({
    intent: z.literal('name-stand-in'),
    idempotencyKey: key,
    standIn: z.string({ error: 'Choose who stands in' }).min(1, 'Choose who stands in').max(64),
    entities: ScopeField,
    lastDay: z.iso.date('Write a day like 2026-12-31'),
    reason: Why,
  }),
  z.object({ intent: z.literal('end-stand-in'), idempotencyKey: key, standIn: Id }),
])

export const loader = guarded('settings:read', async ({ params, services: { context }, actor }) => {
  const { person: signIn } = readParams(params, Params)
  const view = await readPerson(context.db, signIn, actor.entityScope)
  const byRole = againstRole(actor, 'changePerson')
  const isOwn = actor.name === signIn
  const own = isOwn ? 'Nobody changes their own role, entities or access: ask another administrator.' : null
  const last = view.isLastAdmin ? 'This is the only administrator who may sign in: make another one first.' : null
  return {
    ...view,
    isOwn,
    mayName:
      isOwn || actor.role === 'admin'
        ? againstRole(actor, 'nameStandIn')
        : 'Each names a stand-in for themself; an administrator for others.',
    me: actor.name,
    isAdmin: actor.role === 'admin',
    reasons: { change: byRole, role: byRole ?? own ?? last, access: byRole ?? own ?? last, password: byRole },
    key: randomUUID(),
  }
})

export const action = guarded('settings:read', async ({ request, params, services, actor }) => {
  const { person: signIn } = readParams(params, Params)
  const form = await readForm(request, PersonForm)
  const asked = { signIn, actor, idempotencyKey: form.idempotencyKey }
  switch (form.intent) {
    case 'change':
      await services.changePerson({
        ...asked,
        name: form.name,
        role: form.role,
        entityScope: form.entityScope,
        reason: form.reason,
      })
      break
    case 'password':
      await services.changePerson({ ...asked, password: form.password })
      break
    case 'disable':
    case 'enable':
      await services.changePerson({ ...asked, disabled: form.intent === 'disable', reason: form.reason })
      break
    case 'name-stand-in':
      await services.nameStandIn({
        forPerson: signIn,
        standIn: form.standIn,
        entities: form.entities,
        lastDay: form.lastDay,
        reason: form.reason ?? '',
        actor,
        idempotencyKey: form.idempotencyKey,
      })
      break
    case 'end-stand-in':
      await services.endStandIn({ standInId: form.standIn, actor, idempotencyKey: form.idempotencyKey })
      break
    case 'end':
      await services.changePerson({ ...asked, endSessions: true })
      break
  }
  return redirect(paths.person(signIn))
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? data.person.name : 'Person'} · Finance Control Tower` },
]

export default function Person() {
  const { person, reasons, isOwn, entities, standIns, peers, mayName, me, isAdmin, key: minted } = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const { signIn, name, role, entityScope, disabledAt, lastSignInAt, sessions } = person
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Settings', href: paths.settings() }, { label: signIn }]} />}
        title={name}
        badge={
          disabledAt && (
            <Badge tone="past" icon={CircleSlash}>
              Disabled
            </Badge>
          )
        }
        state={`${ROLE_WORDS[role]}, ${scopeWords(entityScope)}; ${disabledAt ? 'may not sign in' : sessions > 0 ? `${counted(sessions, 'open session')}` : 'not signed in now'}.${isOwn ? ' This is you.' : ''}`}
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'Nothing was changed, and it is our fault'}>
          {refusal.advice} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      <KeyValue
        columns={2}
        items={[
          { key: 'Sign-in', value: <span className="mono">{signIn}</span> },
          { key: 'Last sign-in', value: lastSignInAt ? <Time at={lastSignInAt} showZone /> : 'never' },
          {
            key: 'Changes to this person',
            value: (
              <Link href={paths.audit({ object: `person ${signIn}` })} className="link">
                Audit of {signIn}
              </Link>
            ),
          },
          {
            key: 'What they did',
            value: (
              <Link href={paths.audit({ actor: signIn })} className="link">
                Events by {signIn}
              </Link>
            ),
          },
          ...(disabledAt ? [{ key: 'Disabled since', value: <Time at={disabledAt} showZone /> }] : []),
        ]}
      />
      <Section
        title="Stand-ins"
        note="Whoever is away lets somebody of the same role act in their entities until a day, under their own name."
      >
        <StandIns rows={standIns} me={me} isAdmin={isAdmin} minted={minted} />
        <StandInForm peers={peers} reason={mayName} minted={minted} refusal={refusal} />
      </Section>
      <div className="grid items-start gap-x-12 gap-y-8 lg:grid-cols-2">
        <Section title="Name, role and entities">
          <FactsForm {...{ person, reasons, entities, minted, refusal }} />
        </Section>
        <div className="grid gap-8">
          <Section title="Password">
            <PasswordForm reason={reasons.password} minted={minted} refusal={refusal} />
          </Section>
          <Section title="Sessions and access">
            <SessionsForm sessions={sessions} reason={reasons.password} minted={minted} />
            <AccessForm isDisabled={disabledAt !== null} name={name} reason={reasons.access} minted={minted} />
          </Section>
        </div>
      </div>
    </>
  )
}
