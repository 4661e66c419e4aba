import { statfs } from 'node:fs/promises'
import { countFindings, type Health } from '#db/queries/health.ts'
import { loadEnv } from '#server/platform/env.ts'
import { EXIT } from './exit.ts'
import { printJson, printLine, type Output } from './output.ts'
import { withSession } from './session.ts'

type Finding = { readonly check: string; readonly ok: boolean; readonly detail: string }

/** What is wrong, and what to do about it. Exit 1 when something is. */
export async function doctor(output: Output): Promise<number> {
  const findings: Finding[] = [{ check: 'Node', ok: true, detail: process.versions.node }]
  try {
    const env = loadEnv()
    findings.push({
      check: 'settings',
      ok: true,
      detail: env.DATABASE_URL ? 'database of DATABASE_URL' : `embedded database in ${env.DATA_DIR}`,
    })
    await withSession(undefined, async ({ context }) => {
      const health = await countFindings(context.db)
      findings.push({
        check: 'database',
        ok: true,
        detail: `PostgreSQL ${health.version}, ${health.connections} of ${health.connectionsMax} connections`,
      })
      const skewMs = Math.abs(health.now.getTime() - Date.now())
      findings.push({
        check: 'clock',
        ok: skewMs < 2_000,
        detail:
          skewMs < 2_000
            ? 'agrees with the database'
            : `differs from the database by ${Math.round(skewMs / 1000)} s: set the time`,
      })
      findings.push({
        check: 'worker',
        ok: true,
        detail:
          health.workers > 0
            ? `${health.workers} alive`
            : 'none: start one with npm start (the tower command carries its own runs)',
      })
      findings.push({
        check: 'runs',
        ok: health.stuck === 0,
        detail:
          health.stuck === 0
            ? 'none stuck'
            : `${health.stuck} say they are running and no worker has them: npm start takes them over`,
      })
      findings.push(segmentsOf(health))
      findings.push({
        check: 'audit log',
        ok: !health.mayEditAudit,
        detail: health.mayEditAudit
          ? 'the application can change audit events: DATABASE_APP_URL names too strong a role'
          : 'append-only for the application',
      })
    })
    const disk = await statfs(env.DATA_DIR).catch(() => null)
    if (disk) {
      const free = (disk.bavail * disk.bsize) / 1024 ** 3
      findings.push({
        check: 'disk',
        ok: free > 1,
        detail: `${free.toFixed(0)} GB free${free > 1 ? '' : ': make room before the next load'}`,
      })
    }
  } catch (error) {
    findings.push({ check: 'start', ok: false, detail: error instanceof Error ? error.message : String(error) })
  }
  const ok = findings.every((finding) => finding.ok)
  if (output.json) printJson({ ok, findings })
  else for (const { check, ok: fine, detail } of findings) printLine(`${fine ? '✔' : '✘'} ${check}: ${detail}`)
  return ok ? EXIT.succeeded : EXIT.failed
}

/** A statement on all lines locks each segment and its four indexes; the table of who holds what has two places for each lock. */
const LOCKS_OF_SEGMENT = 5
const STATEMENTS_AT_ONCE = 20

/** Past this, loads and pages fail for want of locks ("out of shared memory"), and a restart does not help. */
export function segmentsOf({ segments, locksMax }: Pick<Health, 'segments' | 'locksMax'>): Finding {
  const most = Math.floor((2 * locksMax) / (LOCKS_OF_SEGMENT * STATEMENTS_AT_ONCE))
  const ok = segments <= most
  const advice = ': set max_locks_per_transaction of the server four times as high and restart it'
  return { check: 'segments', ok, detail: `${segments} of ${most} that its locks are enough for${ok ? '' : advice}` }
}
