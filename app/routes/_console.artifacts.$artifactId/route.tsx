import { data, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { SourceRecord } from '#app/routes/_console/source-record.tsx'
import { byteWords, counted, OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { OBJECT_TYPES, type ObjectType } from '#server/domain/record.ts'
import { readArtifactView } from '#app/.server/reads.ts'
import { ReadersTable } from './readers-table.tsx'

const Params = z.object({ artifactId: Id })
const Position = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'A position is a whole number from 1')
  .transform((text) => Number.parseInt(text, 10))
const Search = z.object({ position: Position.optional(), objectType: z.enum(OBJECT_TYPES).optional() })

export const loader = guarded('artifacts:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { artifactId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const view = await readArtifactView(context.db, { artifactId, ...search, scope: actor.entityScope }, context.now())
  const isMissing = view.record !== null && view.record.absence !== null && view.record.absence.reason !== 'unreadable'
  return data({ ...view, scope: scopeOf(scope) }, { status: isMissing ? 404 : 200 })
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.names[0] ?? 'Artifact'} · Finance Control Tower` },
]

export default function ArtifactRoute() {
  const { artifact, names, readers, format, objectTypes, record, mayDownload, scope } = useLoaderData<typeof loader>()
  const [newest] = readers
  const [name] = names
  const at = (position: number, objectType: ObjectType) => paths.artifact(artifact.artifactId, position, objectType)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Runs', href: paths.runs(scope) },
              ...(newest ? [{ label: `Run ${newest.runId}`, href: paths.run(newest.runId, scope) }] : []),
              { label: name ?? `Artifact ${artifact.artifactId}` },
            ]}
          />
        }
        title={
          record
            ? `${OBJECT_WORDS[record.objectType][0]} at position ${record.position.toLocaleString('en')}`
            : (name ?? `Artifact ${artifact.artifactId}`)
        }
        state={
          record ? verdictWords(readers, name) : `The bytes as received, read by ${counted(readers.length, 'run')}. Never edited.`
        }
        actions={
          mayDownload ? (
            <DownloadLink href={paths.artifactBytes(artifact.artifactId)}>
              Download the file ({byteWords(artifact.byteCount)})
            </DownloadLink>
          ) : (
            <Button disabledReason="The file holds records of entities outside your scope." reasonAlign="end">
              Download the file
            </Button>
          )
        }
      />
      <FilterBar
        action={paths.artifact(artifact.artifactId)}
        filters={[
          { kind: 'text', name: 'position', label: 'Position', value: record ? `${record.position}` : '', placeholder: 'number' },
          ...(objectTypes.length > 1
            ? [
                {
                  kind: 'select' as const,
                  name: 'objectType',
                  label: 'Kind',
                  value: record?.objectType ?? objectTypes[0]!,
                  options: objectTypes.map((value) => ({ value, label: OBJECT_WORDS[value][1] })),
                },
              ]
            : []),
        ]}
        end={
          record && (
            <>
              {record.position > 1 && (
                <ButtonLink size="small" href={at(record.position - 1, record.objectType)} rel="prev">
                  Position {(record.position - 1).toLocaleString('en')}
                </ButtonLink>
              )}
              <ButtonLink size="small" href={at(record.position + 1, record.objectType)} rel="next">
                Position {(record.position + 1).toLocaleString('en')}
              </ButtonLink>
            </>
          )
        }
      />
      {record?.absence && (
        <Absence absence={record.absence} position={record.position} format={format} mayDownload={mayDownload} />
      )}
      {record?.source && (
        <SourceRecord title={`${name ?? ''} · position ${record.position}`} source={record.source} problem={null} withCells />
      )}
      <Section
        title={record?.source ? 'What each run made of it' : 'Runs that read it'}
        note={
          record?.source ? (
            record.sourceKey ? (
              <>
                Key <span className="mono">{record.sourceKey}</span>
              </>
            ) : (
              'The record has no key'
            )
          ) : undefined
        }
      >
        <ReadersTable readers={readers} withVerdicts={record?.source != null} scope={scope} />
      </Section>
      <Section title="The artifact">
        <KeyValue
          items={[
            { key: names.length > 1 ? 'Names' : 'Name', value: names.join(', ') },
            { key: 'SHA-256', value: <span className="mono">{artifact.sha256}</span> },
            { key: 'Size', value: `${artifact.byteCount.toLocaleString('en')} bytes` },
            { key: 'Format', value: <span className="mono">{format}</span> },
            { key: 'Received', value: <Time at={artifact.storedAt} seconds showZone /> },
          ]}
        />
      </Section>
    </>
  )
}

type Verdict = { readonly kind: string }

function verdictWords(
  readers: readonly { readonly runId: number; readonly isPreview: boolean; readonly verdicts: readonly Verdict[] }[],
  name: string | undefined,
): string {
  const last = readers.find(({ isPreview, verdicts }) => !isPreview && verdicts.length > 0)
  const where = name ? ` of ${name}` : ''
  if (!last) return `A record${where}.`
  const word = last.verdicts.some(({ kind }) => kind === 'rejected')
    ? 'rejected'
    : last.verdicts.some(({ kind }) => kind === 'repeat')
      ? 'added no line'
      : 'accepted'
  return `A record${where}: ${word === 'added no line' ? 'it added no line' : `it was ${word}`} in run ${last.runId}, the last to judge it.`
}

type AbsenceProps = {
  absence: { readonly reason: string; readonly detail: string }
  position: number
  format: string
  mayDownload: boolean
}

function Absence({ absence: { reason, detail }, position, format, mayDownload }: AbsenceProps) {
  if (reason === 'unreadable')
    return (
      <Notice kind="attention" title="The artifact cannot be read as its job says">
        {detail}
      </Notice>
    )
  if (reason === 'outside_scope' || !mayDownload) {
    return (
      <Notice kind="attention" title="There is no record here that you may see">
        Either no record stands at position {position.toLocaleString('en')}, or it belongs to an entity outside your scope.
      </Notice>
    )
  }
  return (
    <Notice kind="attention" title={`No record stands at position ${position.toLocaleString('en')}`}>
      {format === 'csv'
        ? 'A position is the line of the file on which a record starts. The header, a trailer and the later lines of a record are none.'
        : format === 'xlsx'
          ? 'A position is the row of the sheet. The header and empty rows are none.'
          : 'A position is the number of the record among those of its kind: choose the kind, and a number within the file.'}
    </Notice>
  )
}
