import { createContext, useContext, type AnchorHTMLAttributes, type ComponentType, type ReactNode } from 'react'

export type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  href: string
  /** Keeps the place on the page: for tabs and filters. */
  keepScroll?: boolean
}

/** How this kit moves between pages. Without a provider everything is plain HTML and still works. */
export type Navigation = {
  Link: ComponentType<LinkProps>
  useNavigate: () => ((href: string) => void) | null
}

const PlainLink = ({ keepScroll: _, ...props }: LinkProps) => <a {...props} />
const NavigationContext = createContext<Navigation>({ Link: PlainLink, useNavigate: () => null })

export function NavigationProvider({ value, children }: { value: Navigation; children: ReactNode }) {
  return <NavigationContext.Provider value={value}>{children}</NavigationContext.Provider>
}

export function Link(props: LinkProps) {
  const { Link: Component } = useContext(NavigationContext)
  return <Component {...props} />
}

export function useNavigateTo(): ((href: string) => void) | null {
  return useContext(NavigationContext).useNavigate()
}
