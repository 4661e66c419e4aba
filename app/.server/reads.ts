/**
 * What screens may read, one read model a screen. Named one by one: the build leaves our rooms outside, and of `export *` from
 * a file it does not see it would take every name to be the first file's.
 */
export { readArtifactBytes, readArtifactView } from '#server/services/reads/artifact-record.ts'
export { readAudit, readAuditEvent, readChain } from '#server/services/reads/audit-view.ts'
export { readDemoPeople } from '#server/services/reads/demo-people.ts'
export { readException, readExceptions } from '#server/services/reads/exceptions-view.ts'
export { readFileJobs, readJob, readJobs, type ShownJob } from '#server/services/reads/jobs.ts'
export { readLineDetail } from '#server/services/reads/line-detail.ts'
export { readLines, readLinesForExport } from '#server/services/reads/lines-view.ts'
export { readFrame } from '#server/services/reads/rail.ts'
export type {
  AttemptRow,
  ClaimRow,
  DeliveryRow,
  OutcomeSum,
  RelatedRun,
  RunDetail,
  TimelineRow,
} from '#server/services/reads/run-detail.ts'
export { readRunList, readRunsForExport } from '#server/services/reads/run-list.ts'
export type { ReportedException } from '#server/services/reads/run-report.ts'
export { readDelivery, readRejected, readRepeats } from '#server/services/reads/run-rows.ts'
export { readRunScreen, type RunScreen } from '#server/services/reads/run-screen.ts'
export {
  previewSchedule,
  readBlockage,
  readFeeds,
  readNextDue,
  readScheduleDialog,
  type BlockedRow,
  type DueTime,
  type FeedRow,
} from '#server/services/reads/schedule.ts'
export { readTotals, type TotalsView } from '#server/services/reads/totals-view.ts'
export { readTower } from '#server/services/reads/tower-view.ts'
