import type { Services } from '#server/services/services.ts'
import { inboxOf } from './demo-systems.ts'
import type { Runtime } from './runtime.ts'

/** The one place where the roles and what can be done are put together. */
export async function servicesOf(runtime: Runtime): Promise<Services> {
  const { createServices } = await import('#server/services/services.ts')
  return createServices(runtime)
}

export type Demonstration = { readonly title: string | null; readonly signIns: readonly string[] }

/** The demonstration is put into a database nobody works in yet; the title is null when it was there, or is not wanted. */
export async function demonstration(runtime: Runtime, report: (message: string) => void): Promise<Demonstration> {
  const [{ seedDemo, listDemoSignIns }, { makeContext }] = await Promise.all([
    import('#db/seed/seed.ts'),
    import('#server/services/services.ts'),
  ])
  // Its runs are not news to whoever waits for the address, nor that those with a planted fault fail.
  const isUsual = ['info', 'warn'].includes(runtime.logger.level)
  const logger = isUsual ? runtime.logger.child({}, { level: 'error' }) : runtime.logger
  const made =
    runtime.env.DEMO === 'yes'
      ? await seedDemo(makeContext({ ...runtime, logger }), { folder: inboxOf(runtime.env), report })
      : null
  return { title: made?.title ?? null, signIns: await listDemoSignIns(runtime.db) }
}
