import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readRepeats } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { RecordsOfRun } from '#app/routes/_console/records-of-run.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Link } from '#app/ui/navigation.tsx'

const Params = z.object({ runId: Id })
/** Where the page before ended: outcome, artifact, position and kind. */
const After = z
  .string()
  .regex(/^(unchanged|duplicate)~\d{1,9}~\d{1,9}~[a-z_]{1,32}$/)
  .transform((text) => {
    const [outcome, artifactId, position, objectType] = text.split('~') as [string, string, string, string]
    return { outcome, artifactId: Number.parseInt(artifactId, 10), position: Number.parseInt(position, 10), objectType }
  })
const Search = z.object({ outcome: z.enum(['unchanged', 'duplicate']).optional(), after: After.optional() })

export const loader = guarded('runs:read', async ({ params, url, services, actor, scope }) => {
  const { runId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const { entity, period, version } = scope
  const { context } = services
  const view = await readRepeats(
    context.db,
    { ...search, runId, entity, period, version, scope: actor.entityScope },
    context.now(),
  )
  return { ...view, search, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Repeated records${data ? ` of run ${data.run.runId}` : ''} · Finance Control Tower` },
]

const OUTCOME_WORDS = {
  unchanged: 'Unchanged: equals the line that stands',
  duplicate: 'Duplicate: came before in the same load',
} as const

export default function Repeats() {
  const { run, rows, sums, next, search, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const view = { ...scope, ...(search.outcome && { outcome: search.outcome }) }
  return (
    <RecordsOfRun
      {...{ run, rows, sums, scope, computedAt, asOfPublication }}
      what="Repeated records"
      state={(total) =>
        `${run.title}: ${counted(total, 'record')} added no line, because the same was there already or came twice.`
      }
      address={paths.runRepeats(run.runId)}
      filter={{
        kind: 'select',
        name: 'outcome',
        label: 'Outcome',
        value: search.outcome ?? '',
        options: [
          { value: '', label: 'Any' },
          { value: 'unchanged', label: 'Unchanged' },
          { value: 'duplicate', label: 'Duplicate' },
        ],
      }}
      rowKey={({ outcome, artifactId, position, objectType }) => [outcome, artifactId, position, objectType].join(' ')}
      columns={[
        { key: 'outcome', head: 'Outcome', cell: ({ outcome }) => OUTCOME_WORDS[outcome] },
        {
          key: 'line',
          head: 'Equals line',
          fit: true,
          cell: ({ lineId, outcome, currency }) =>
            lineId === null ? (
              <span className="text-ink-3">
                {outcome === 'duplicate' && currency !== '' ? 'none: the other was rejected' : 'n/a'}
              </span>
            ) : (
              <Link href={paths.line(lineId)} className="link mono">
                {lineId}
              </Link>
            ),
        },
      ]}
      empty={{
        title: 'No repeated record here',
        text: 'Every record of this run in this scope was new, changed or rejected.',
      }}
      newerHref={search.after === undefined ? null : paths.runRepeats(run.runId, view)}
      olderHref={
        next === null
          ? null
          : paths.runRepeats(run.runId, {
              ...view,
              after: [next.outcome, next.artifactId, next.position, next.objectType].join('~'),
            })
      }
    />
  )
}
