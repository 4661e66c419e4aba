import { redirect, type MetaFunction } from '@remix-run/node'
import { Form, useLoaderData, useNavigation } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readWorkSheet } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Time } from '#app/ui/time.tsx'
import { SHEET_OUTCOMES, type SheetOutcome } from '#server/domain/work-sheet.ts'

const SheetParams = z.object({ sheetId: Id })
const Search = z.object({ outcome: z.enum(SHEET_OUTCOMES).optional(), after: Key.optional() })

export const loader = guarded('exceptions:read', async ({ params, url, services, actor, scope }) => {
  const { sheetId } = readParams(params, SheetParams)
  const search = readSearch(url, Search)
  return { ...(await readWorkSheet(services.context.db, { sheetId, actor, ...search })), search, scope: scopeOf(scope) }
})

export const action = guarded('exceptions:read', async ({ params, services, actor, scope }) => {
  const { sheetId } = readParams(params, SheetParams)
  await services.carryOutWorkSheet({ sheetId, actor })
  return redirect(paths.sheet(sheetId, scopeOf(scope)))
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? data.name : 'A sheet'} · Finance Control Tower` },
]

const TONES = { done: 'fine', nothing: 'past', refused: 'attention' } as const
const WORDS = { done: 'Done', nothing: 'As it was', refused: 'Refused' } as const
const FORETOLD = { done: 'Would be done', nothing: 'Nothing to do', refused: 'Would be refused' } as const

export default function WorkSheet() {
  const { sheetId, name, broughtAt, confirmedAt, stage, counts, rows, hasMore, search, scope } = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const isSending = useNavigation().formMethod === 'POST'
  const words = stage === 'foretold' ? FORETOLD : WORDS
  const all = counts.done + counts.refused + counts.nothing
  const tab = (outcome: SheetOutcome | undefined, label: string, count: number) => ({
    label: `${label} (${count.toLocaleString('en')})`,
    href: paths.sheet(sheetId, { ...scope, ...(outcome && { outcome }) }),
    current: search.outcome === outcome,
  })
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Exceptions', href: paths.exceptions(scope) },
              { label: 'Bring a sheet back', href: paths.bringSheet(scope) },
              { label: name },
            ]}
          />
        }
        title={name}
        state={
          <>
            {stage === 'foretold' && 'Nothing is done yet. '}
            {sentenceOf(stage === 'foretold', counts)} Brought <Time at={broughtAt} />
            {confirmedAt && (
              <>
                , carried out <Time at={confirmedAt} />
              </>
            )}
            .
          </>
        }
        actions={
          stage === 'foretold' ? (
            <>
              <ButtonLink href={paths.bringSheet(scope)}>Bring another sheet</ButtonLink>
              <Form method="post">
                <Button
                  type="submit"
                  kind="primary"
                  pending={isSending}
                  reasonAlign="end"
                  disabledReason={counts.done === 0 ? 'No row of it would do anything.' : null}
                >
                  {`Carry out ${counted(counts.done, 'row')}`}
                </Button>
              </Form>
            </>
          ) : (
            <ButtonLink href={paths.exceptions(scope)}>See the exceptions</ButtonLink>
          )
        }
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'It was not carried out, and it is our fault'}>
          {refusal.advice} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      {stage === 'going' && (
        <Notice kind="attention" title="It was confirmed, and says no result yet">
          Look again in a moment. If it was cut off, bring the sheet once more: what was done is not done twice.
        </Notice>
      )}
      <Tabs
        label="Rows of the sheet"
        tabs={[
          tab(undefined, 'All rows', all),
          ...SHEET_OUTCOMES.map((outcome) => tab(outcome, words[outcome], counts[outcome])),
        ]}
      />
      <DataTable
        name="sheet"
        caption={stage === 'foretold' ? 'What would become of each row' : 'What became of each row'}
        rows={rows}
        rowKey={({ row }) => `${row}`}
        columns={[
          { key: 'row', head: 'Row', fit: true, cell: ({ row }) => row },
          {
            key: 'outcome',
            head: 'Outcome',
            fit: true,
            cell: ({ outcome }) => <Badge tone={TONES[outcome]}>{words[outcome]}</Badge>,
          },
          {
            key: 'exception',
            head: 'Exception',
            fit: true,
            cell: ({ exceptionId }) =>
              exceptionId === null ? (
                'not known'
              ) : (
                <Link href={paths.exception(exceptionId, scope)} className="link">
                  {exceptionId}
                </Link>
              ),
          },
          { key: 'words', head: 'What, or why not', wrap: true, cell: ({ words: told }) => told },
        ]}
        empty={
          <EmptyState
            title="No row of the sheet is like that"
            actions={<ButtonLink href={paths.sheet(sheetId, scope)}>All rows</ButtonLink>}
          >
            Every row is either done, refused, or left as it was.
          </EmptyState>
        }
        pages={
          <Pagination
            newerHref={
              search.after ? paths.sheet(sheetId, { ...scope, ...(search.outcome && { outcome: search.outcome }) }) : null
            }
            olderHref={
              hasMore
                ? paths.sheet(sheetId, {
                    ...scope,
                    ...(search.outcome && { outcome: search.outcome }),
                    after: `${rows.at(-1)?.row}`,
                  })
                : null
            }
            newerLabel="First rows"
            olderLabel="Next rows"
          />
        }
      />
    </>
  )
}

function sentenceOf(isForetold: boolean, { done, refused, nothing }: Readonly<Record<SheetOutcome, number>>): string {
  const were = isForetold ? 'would be' : done === 1 ? 'was' : 'were'
  return `${counted(done, 'row')} ${were} done, ${refused.toLocaleString('en')} refused, ${nothing.toLocaleString('en')} left as they are.`
}
