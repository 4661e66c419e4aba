import { closeDatabase, openDatabase } from '#db/client.ts'
import { insertSpans } from '#db/queries/spans.ts'
import { startTelemetry, type Telemetry } from '#server/platform/telemetry.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

/**
 * Starts the telemetry of this process, before anything it should see. Where runs are carried out their traces are kept in the
 * database, through a connection of their own: a load never waits for one that writes traces.
 */
export async function openTelemetry(
  { env, logger, appUrl }: Pick<Runtime, 'env' | 'logger' | 'appUrl'>,
  lifecycle: Lifecycle,
  role: string,
  carriesOutRuns: boolean,
): Promise<Telemetry | null> {
  const open = async () => openDatabase(appUrl, { max: 1, name: 'control tower traces' })
  const isKept = carriesOutRuns && env.OTEL_SDK_DISABLED === 'false'
  const db = isKept ? await lifecycle.open('connection for traces', open, closeDatabase) : null
  return lifecycle.open(
    'telemetry',
    () => startTelemetry({ env, logger, role, keep: db && ((spans) => insertSpans(db, spans)) }),
    async (started) => started?.stop(),
  )
}
