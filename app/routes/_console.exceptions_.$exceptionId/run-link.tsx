import { paths, type Scope } from '#app/paths.ts'
import { Link } from '#app/ui/navigation.tsx'

type RunProps = { readonly runId: number; readonly scope: Scope }

export const RunLink = ({ runId, scope }: RunProps) => (
  <Link href={paths.run(runId, scope)} className="link">
    run {runId}
  </Link>
)

/** Who saw it: a run, or the clock where none came. */
export const ByRun = ({ runId, scope }: Omit<RunProps, 'runId'> & { runId: number | null }) =>
  runId === null ? (
    'by the clock'
  ) : (
    <>
      by <RunLink runId={runId} scope={scope} />
    </>
  )
