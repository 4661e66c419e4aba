/**
 * What screens may read, one read model a screen. Named one by one: the build leaves our rooms outside, and of `export *` from
 * a file it does not see it would take every name to be the first file's.
 */
export { readArtifactBytes, readArtifactView } from '#server/services/reads/artifact-record.ts'
export { readAudit, readAuditEvent, type AuditView, type EventView, type Proven } from '#server/services/reads/audit-view.ts'
export { readCheckpoints } from '#server/services/reads/audit-checkpoints.ts'
export { readRates, readRatesForExport, type RateRow, type RateSource } from '#server/services/reads/rates-view.ts'
export {
  readClassification,
  readClassificationRules,
  type Classification,
  type ClassificationRulesView,
  type RulePreview,
} from '#server/services/reads/classification-view.ts'
export { readCloseBoard, type CloseBoard, type CloseBoardRow } from '#server/services/reads/close-board.ts'
export { readClosePeriod, type ClosePeriodView } from '#server/services/reads/close-period.ts'
export { readCalendar } from '#server/services/reads/calendar-view.ts'
export {
  readCorrection,
  readCorrectionDraft,
  readCorrections,
  readCorrectionsForExport,
  readCorrectionsOf,
  type CorrectionDraft,
  type CorrectionOnScreen,
  type CorrectionsOfException,
  type CorrectionStanding,
  type CorrectionView,
  type JudgedLine,
} from '#server/services/reads/corrections-view.ts'
export type { Certain } from '#server/services/reads/certainty.ts'
export {
  readDeliveries,
  readDeliveriesForExport,
  readDeliveryView,
  type ComparedSlice,
  type DeliveryOfRun,
  type DeliveryRow as ToldRow,
  type DeliveryView,
  type ItemRow,
} from '#server/services/reads/deliveries-view.ts'
export { readDemoPeople } from '#server/services/reads/demo-people.ts'
export {
  readDimension,
  readDimensionForExport,
  readMemberChoices,
  type DimensionView,
  type ShownMember,
  type Statement,
} from '#server/services/reads/dimension-view.ts'
export { readActDone, readActPreview, type ActDone, type ActPreview } from '#server/services/reads/exception-act.ts'
export { readExceptionCase, type ExceptionCase } from '#server/services/reads/exception-case.ts'
export { readExceptionHistory, type ExceptionHistory, type HistoryRow } from '#server/services/reads/exception-history.ts'
export {
  readException,
  readExceptions,
  type ExceptionDetail,
  type ShownException,
} from '#server/services/reads/exceptions-view.ts'
export { readEvidenceFile } from '#server/services/reads/evidence-file.ts'
export { find, type Found } from '#server/services/reads/find.ts'
export { readFileJobs, readJob, readJobs, type ShownJob } from '#server/services/reads/jobs.ts'
export { readWorkSheet, type WorkSheetView } from '#server/services/reads/work-sheet-view.ts'
export { readLineDetail } from '#server/services/reads/line-detail.ts'
export { readLines, readLinesForExport } from '#server/services/reads/lines-view.ts'
export {
  mappingYaml,
  readMappingExport,
  readMappings,
  readMappingView,
  readUnmapped,
  type MappingView,
  type UnmappedCode,
} from '#server/services/reads/mappings-view.ts'
export { readUnreadMentions, type Mentions } from '#server/services/reads/mentions.ts'
export { readFrame, type ViewOfPerson } from '#server/services/reads/rail.ts'
export {
  readReconciliation,
  readSeal,
  whyNotSign,
  type BucketSum,
  type Certification,
  type Comparison,
  type ComparisonPart,
  type Explanation,
  type FigureRow,
  type MovedLine,
  type PartItem,
  type ReconciliationView,
  type Rest,
  type SealView,
  type ShownCertification,
  type SignOff,
} from '#server/services/reads/reconciliation-view.ts'
export {
  readDefinitionProposal,
  readWaitingDefinitions,
  type DefinitionProposalView,
} from '#server/services/reads/definition-proposal.ts'
export {
  readReconciliations,
  type ReconciliationRow,
  type ShownReconciliation,
  type SideDifference,
  type StateCounts,
} from '#server/services/reads/reconciliations-view.ts'
export { readPeriodChange, type ChosenPeriod, type PeriodChange } from '#server/services/reads/period-change.ts'
export { readCalendars, readPeriods, type CalendarGrid, type PeriodCell } from '#server/services/reads/periods-view.ts'
export type {
  AttemptRow,
  ClaimRow,
  DeliveryRow,
  OutcomeSum,
  RelatedRun,
  RunDetail,
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
export {
  readInstallation,
  readPeople,
  readPerson,
  type InstallationView,
  type PersonRow,
  type StandIn,
} from '#server/services/reads/settings-view.ts'
export { readSystem, readSystems, type Figures, type JobSource } from '#server/services/reads/systems-view.ts'
export { readRunScreen, type RunScreen, type TimelineRow } from '#server/services/reads/run-screen.ts'
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
export {
  readBulkReplay,
  readReplayEstimate,
  readReplayRecords,
  readReplays,
  type BulkReplayRow,
  type BulkReplayRun,
  type Estimate,
  type MovedSlice,
  type PublicationEffect,
  type ReplayedRecord,
  type ReplaySum,
  type ReplayView,
} from '#server/services/reads/replay-view.ts'
export type { TouchedInScope } from '#server/services/reads/touched-in-scope.ts'
export { readTotals, type TotalsView } from '#server/services/reads/totals-view.ts'
export { readTower, type MoneyRow, type TowerView } from '#server/services/reads/tower-view.ts'
export type { Grid, GridCell, GridView } from '#server/services/reads/tower-grid.ts'
export type { CloseRow } from '#server/services/reads/close-readiness.ts'
export type { JobDay } from '#server/services/reads/tower-grid.ts'
export { readHeldLoads, readWaiting, type WaitingView } from '#server/services/reads/waiting-view.ts'
