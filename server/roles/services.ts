import type { Services } from '#server/services/services.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

/** The one place where the roles and what can be done are put together. */
export async function servicesOf(runtime: Runtime, _lifecycle: Lifecycle): Promise<Services> {
  const { createServices } = await import('#server/services/services.ts')
  return createServices(runtime)
}

/** The demonstration is put into a database nobody works in yet. Null when there is nothing to do. */
export async function demonstration(runtime: Runtime, report: (message: string) => void = () => undefined): Promise<{ title: string; signIns: string[] } | null> {
  const [{ seedDemo }, { makeContext }] = await Promise.all([import('#db/seed/seed.ts'), import('#server/services/services.ts')])
  return seedDemo(makeContext(runtime), report)
}
