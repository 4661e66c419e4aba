import type { News } from '#server/platform/news.ts'
import type { Services } from '#server/services/services.ts'

/** What the server hands to every loader and action. */
declare module '@remix-run/server-runtime' {
  interface AppLoadContext {
    services: Services
    /** What open pages hear of. */
    news: News
    /** Names this request in the log, in audit events and on an error page. */
    correlationId: string
    /** For the scripts of this one answer. */
    cspNonce: string
    sessionSecret: string
    /** The address of whoever asks, for limits on sign-in. */
    remoteAddress: string
  }
}
