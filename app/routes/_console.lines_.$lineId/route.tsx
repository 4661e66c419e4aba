import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Key, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths } from '#app/paths.ts'
import { CorrectionsTable } from '#app/routes/_console/corrections-table.tsx'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { SourceRecord } from '#app/routes/_console/source-record.tsx'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { readLineDetail } from '#app/.server/reads.ts'
import { CanonicalBesideSource } from './canonical-beside-source.tsx'
import { LineHistory } from './line-history.tsx'
import { RulesThatJudged } from './rules-that-judged.tsx'

const Params = z.object({ lineId: Key })

export const loader = guarded('lines:read', async ({ params, services: { context }, actor, scope }) => {
  const { lineId } = readParams(params, Params)
  const detail = await readLineDetail(
    context.db,
    { lineId, publication: scope.publication, scope: actor.entityScope },
    context.now(),
  )
  return { ...detail, scope: scopeOf(scope), publication: scope.publication }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Line ${data.line.sourceKey}` : 'Line'} · Finance Control Tower` },
]

export default function LineRoute() {
  const {
    line,
    facts,
    history,
    publications,
    names,
    artifact,
    mayDownload,
    reading,
    source,
    origins,
    corrections,
    certainty,
    scope,
    publication,
    computedAt,
  } = useLoaderData<typeof loader>()
  const { entity, period, version, currency, objectType, system } = line
  const loaded = publications.find((facts) => facts.publication === line.loadedAtPub)
  const [kind] = OBJECT_WORDS[objectType]
  const same = { entity, period, version, currency, objectType, system, asOf: scope.asOf }
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Control totals', href: paths.totals({ entity, asOf: scope.asOf }) },
              { label: `${entity} ${period} ${version} ${currency}`, href: paths.lines(same) },
              { label: line.sourceKey },
            ]}
          />
        }
        title={<span className="mono text-title">{line.sourceKey}</span>}
        badge={
          <>
            <Badge tone="fine">{statusWord(line.accountingStatus)}</Badge>
            <CertaintyMark certainty={certainty} />
          </>
        }
        state={`${kind} of ${facts.systemName}, read from ${artifact.name ?? `artifact ${artifact.artifactId}`} at position ${line.position.toLocaleString('en')}.`}
        actions={
          mayDownload && <DownloadLink href={paths.artifactBytes(artifact.artifactId)}>Download the source file</DownloadLink>
        }
      />
      <Standing line={line} publication={publication} />
      <div className="grid grid-cols-1 items-start gap-x-10 gap-y-6 min-[1200px]:grid-cols-2">
        <Section title="The line">
          <KeyValue
            items={[
              { key: 'Entity', value: <CodeAndName code={entity} name={names.entity} /> },
              { key: 'Account', value: <CodeAndName code={line.account} name={names.account} /> },
              { key: 'Debit', value: <Amount value={line.debit} currency={currency} withCurrency inline /> },
              { key: 'Credit', value: <Amount value={line.credit} currency={currency} withCurrency inline /> },
              { key: 'Net, debit minus credit', value: <Amount value={line.net} currency={currency} withCurrency inline /> },
              {
                key: 'Period and version',
                value: (
                  <>
                    <PeriodLabel period={period} /> · {version}
                  </>
                ),
              },
              {
                key: 'Document',
                value: line.document && (
                  <Link
                    href={paths.lines({ entity, period, version, document: line.document, asOf: scope.asOf })}
                    className="link mono"
                  >
                    {line.document}
                  </Link>
                ),
              },
              { key: 'Cost centre', value: line.costCentre && <CodeAndName code={line.costCentre} name={names.costCentre} /> },
            ]}
          />
        </Section>
        <Section title="How it came here">
          <KeyValue
            items={[
              { key: 'Accounting status', value: statusWord(line.accountingStatus) },
              {
                key: 'Published',
                value: loaded ? (
                  <>
                    by{' '}
                    <Link href={paths.run(loaded.runId)} className="link">
                      run {loaded.runId}
                    </Link>{' '}
                    as publication {loaded.publication}, <Time at={loaded.publishedAt} showZone />
                  </>
                ) : null,
              },
              {
                key: 'Read by',
                value: reading && (
                  <>
                    <Link href={paths.run(reading.runId)} className="link">
                      run {reading.runId}
                    </Link>{' '}
                    of{' '}
                    <Link href={paths.job(reading.job, { version: `${reading.jobVersion}` })} className="link mono">
                      {reading.job}
                    </Link>{' '}
                    version {reading.jobVersion}
                  </>
                ),
              },
              { key: 'System', value: <CodeAndName code={system} name={facts.systemName} /> },
              {
                key: 'Source record',
                value: (
                  <Link href={paths.artifact(artifact.artifactId, line.position, objectType)} className="link">
                    {artifact.name ?? `artifact ${artifact.artifactId}`}, position {line.position.toLocaleString('en')}
                  </Link>
                ),
              },
              { key: 'Content hash', value: <span className="mono">{facts.contentHash}</span> },
              { key: 'Artifact SHA-256', value: <span className="mono">{artifact.sha256}</span> },
            ]}
          />
        </Section>
      </div>
      <SourceRecord
        title={`${artifact.name ?? `artifact ${artifact.artifactId}`} · ${kind.toLowerCase()} at position ${line.position}`}
        source={source.found}
        problem={source.found ? null : (source.problem ?? 'There is no record at this position any more.')}
      />
      <Section title="Line beside record" note="What the tower holds, and what the source wrote">
        <CanonicalBesideSource origins={origins} currency={currency} corrections={corrections} />
      </Section>
      {corrections.length > 0 && (
        <Section title="Read with corrections" note="The file stays as it came; these lie over it">
          <CorrectionsTable caption="Corrections this line was read with" rows={corrections} scope={scope} empty={null} />
        </Section>
      )}
      <Section title="History" note="Every version of this line, newest first">
        <LineHistory history={history} publications={publications} lineId={line.lineId} scope={scope} />
      </Section>
      {reading && (
        <Section title="Rules that judged it" note={`${reading.job}, version ${reading.jobVersion}`}>
          <RulesThatJudged definition={reading.definition} />
        </Section>
      )}
      <FigureFooter
        asOfPublication={publication || null}
        computedAt={computedAt}
        rows={history.length}
        rowsAre="versions of the line"
      />
    </>
  )
}

type Stands = { readonly loadedAtPub: number; readonly supersededAtPub: number | null }

/** Old and current must not be confused. */
function Standing({ line: { loadedAtPub, supersededAtPub }, publication }: { line: Stands; publication: number }) {
  if (loadedAtPub > publication)
    return (
      <Notice kind="attention" title={`This line was not there yet as of publication ${publication}`}>
        It came with publication {loadedAtPub}.
      </Notice>
    )
  if (supersededAtPub === null || supersededAtPub > publication) return null
  return (
    <Notice kind="attention" title={`This line is no longer current as of publication ${publication}`}>
      Publication {supersededAtPub} replaced or withdrew it. It stays readable, and counts in every figure before that.
    </Notice>
  )
}

const statusWord = (status: string) => status.charAt(0).toUpperCase() + status.slice(1)
