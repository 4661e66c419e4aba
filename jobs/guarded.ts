import type { Logger } from '#server/platform/logger.ts'

/** One turn of the clock that fails is told and does not stop the next. */
export async function guarded(logger: Logger, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    logger.error({ err: error }, `${what} failed`)
  }
}
