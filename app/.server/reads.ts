/**
 * What screens may read, one read model a screen. Named one by one: the build leaves our rooms outside, and of `export *` from
 * a file it does not see it would take every name to be the first file's.
 */
export { readArtifactBytes, readArtifactView } from '#server/services/reads/artifact-record.ts'
export { readAudit, readAuditEvent, readChain } from '#server/services/reads/audit-view.ts'
export { readDemoPeople } from '#server/services/reads/demo-people.ts'
export { readException, readExceptions } from '#server/services/reads/exceptions-view.ts'
export { find, type Found } from '#server/services/reads/find.ts'
export { readFileJobs, readJob, readJobs } from '#server/services/reads/jobs.ts'
export { readLineDetail } from '#server/services/reads/line-detail.ts'
export { readLines, readLinesForExport } from '#server/services/reads/lines-view.ts'
export { readFrame, type ViewOfPerson } from '#server/services/reads/rail.ts'
export type {
  AttemptRow,
  ClaimRow,
  DeliveryRow,
  OutcomeSum,
  RelatedRun,
  RunDetail,
  TimelineRow,
} from '#server/services/reads/run-detail.ts'
export {
  readMetrics,
  type AgeRow,
  type ClosedRow,
  type MetricsView,
} from '#server/services/reads/metrics-view.ts'
export { readRunList, readRunsForExport } from '#server/services/reads/run-list.ts'
export type { ReportedException } from '#server/services/reads/run-report.ts'
export { readDelivery, readRejected, readRepeats } from '#server/services/reads/run-rows.ts'
export { readRunScreen, type RunScreen } from '#server/services/reads/run-screen.ts'
export { readTotals, type TotalsView } from '#server/services/reads/totals-view.ts'
export { readTower, type MoneyRow, type TowerView } from '#server/services/reads/tower-view.ts'
export type { Grid, GridCell, GridView } from '#server/services/reads/tower-grid.ts'
export type { CloseRow } from '#server/services/reads/close-readiness.ts'
export type { JobDay } from '#server/services/reads/tower-grid.ts'
export { readHeldLoads, readWaiting, type WaitingView } from '#server/services/reads/waiting-view.ts'
