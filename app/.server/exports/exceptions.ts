import { readExceptionsForExport } from '#server/services/reads/exceptions-view.ts'
import { readExceptionsView } from '../exceptions-search.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export } from './export.ts'

/** A row a cause and currency: what is at stake in two currencies is never one figure. */
export async function exceptionsExport(given: Given): Promise<Export> {
  const { request } = readExceptionsView(given)
  const { db, now } = given.services.context
  const exceptions = await readExceptionsForExport(db, request, now())
  return {
    title: `Exceptions ${request.group}`,
    order: `${request.order === 'release' ? 'what releases most first' : 'newest first'}, a row a cause and currency`,
    columns: [
      ...columns('count', 'exception'),
      ...columns('plain', 'class', 'code'),
      ...columns('text', 'cause'),
      ...columns('plain', 'job'),
      ...columns('plain', 'state', 'severity', 'due_at', 'team', 'assignee'),
      ...columns('text', 'owner', 'routed_by', 'entities'),
      ...columns('count', 'business_days'),
      ...columns('count', 'occurrences'),
      ...columns('text', 'currency'),
      ...columns('amount', request.group === 'control' ? 'stated_minus_found' : 'at_stake'),
      ...columns('plain', 'opened_at', 'last_seen_at', 'closed_at'),
      ...columns('count', 'last_run', 'closed_by_run'),
    ],
    rows: exceptions.flatMap((row) =>
      (row.amounts.length > 0 ? row.amounts : [{ currency: null, amount: null, occurrences: row.occurrences }]).map((part) => [
        row.exceptionId,
        row.failureClass,
        row.code,
        row.title,
        row.job,
        row.closedAt === null ? row.state : 'fixed',
        row.severity,
        row.dueAt,
        row.team,
        row.assignee,
        row.owner,
        row.routedBy,
        row.entities.join(' '),
        row.age,
        part.occurrences,
        part.currency || null,
        part.amount,
        row.openedAt,
        row.lastSeenAt,
        row.closedAt,
        row.lastRunId,
        row.closedByRunId,
      ]),
    ),
  }
}
