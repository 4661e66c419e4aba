import { readJobs } from '#server/services/reads/jobs.ts'
import type { Given } from '../guarded.ts'
import { readSearch } from '../forms.ts'
import { JobsSearch } from '../jobs-search.ts'
import { columns, type Export } from './export.ts'

export async function jobsExport({ url, services: { context }, actor }: Given): Promise<Export> {
  const { jobs } = await readJobs(context.db, readSearch(url, JobsSearch), actor.entityScope, context.now())
  return {
    title: 'Jobs',
    order: 'by name',
    columns: [
      ...columns('plain', 'job'),
      ...columns('text', 'title', 'owner', 'process', 'source_system'),
      ...columns('plain', 'source', 'object_type'),
      ...columns('count', 'version'),
      ...columns('plain', 'changed_at'),
      ...columns('text', 'changed_by'),
      ...columns('count', 'last_run'),
      ...columns('plain', 'last_status', 'last_at'),
      ...columns('text', 'what_happened'),
      ...columns('count', 'open_exceptions'),
    ],
    rows: jobs.map(({ job, definition, ...row }) => [
      job,
      definition.title,
      definition.owner,
      definition.process,
      definition.system.name,
      definition.source.type,
      definition.objectType,
      row.version,
      row.changedAt,
      row.changedBy,
      row.lastRunId,
      row.lastStatus,
      row.lastAt,
      row.lastSentence,
      row.openExceptions,
    ]),
  }
}
