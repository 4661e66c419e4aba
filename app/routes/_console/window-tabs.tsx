import { Tabs } from '#app/ui/tabs.tsx'

const WINDOWS = [
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
] as const
export type WindowName = (typeof WINDOWS)[number][0]

/** Over which time figures are counted; always ends now. */
export function WindowTabs({ window, href }: { window: WindowName; href: (window: WindowName) => string }) {
  return <Tabs label="Window" tabs={WINDOWS.map(([name, label]) => ({ href: href(name), label, current: name === window }))} />
}
