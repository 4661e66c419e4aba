import type { Queryable } from '#db/client.ts'
import {
  listDueFeeds,
  listHeldBack,
  listRunsTouching,
  type DueFeedRow,
  type GoingRow,
  type HeldBackRow,
} from '#db/queries/period-screens.ts'
import { listLoadingJobs, listStandingCertifications, type LoadingJob, type StandingCertification } from '#db/queries/periods.ts'
import { requestHash } from '#server/platform/hash.ts'

type Of = { readonly entity: string; readonly period: string }

/** What reopening a closed period lets happen. No figure moves by it: what is let in moves figures, and supersedes what stands on them. */
export type ReopeningEffect = {
  /** Each is superseded as soon as something under it is published. */
  readonly certifications: readonly StandingCertification[]
  /** Records that were held back because the period is closed, per currency. */
  readonly heldBack: readonly Pick<HeldBackRow, 'currency' | 'records' | 'amount'>[]
  /** Loads with something of it that are held, or going on. */
  readonly runs: readonly Pick<GoingRow, 'runId' | 'job' | 'status'>[]
  readonly jobs: readonly LoadingJob[]
  readonly due: readonly DueFeedRow[]
}

const DUE_MAX = 10

export async function reopeningEffect(db: Queryable, { entity, period }: Of): Promise<ReopeningEffect> {
  const [certifications, heldBack, runs, jobs, due] = await Promise.all([
    listStandingCertifications(db, entity, period),
    listHeldBack(db, [entity]),
    listRunsTouching(db, [{ entity, period }]),
    listLoadingJobs(db, entity, period),
    listDueFeeds(db, [entity], DUE_MAX),
  ])
  return {
    certifications,
    heldBack: heldBack
      .filter((row) => row.period === period)
      .map(({ currency, records, amount }) => ({ currency, records, amount })),
    runs: runs.map(({ runId, job, status }) => ({ runId, job, status })),
    jobs,
    due,
  }
}

/** What whoever asks has seen of it: signatures that stand and what waits at the door. By this the answer is known to be about the same. */
export const basisOf = ({ entity, period }: Of, { certifications, heldBack, runs }: ReopeningEffect): string =>
  requestHash({
    entity,
    period,
    certifications: certifications.map(({ certificationId }) => certificationId),
    heldBack,
    held: runs.filter(({ status }) => status === 'held').map(({ runId }) => runId),
  })
