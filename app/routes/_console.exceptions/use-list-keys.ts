import { useEffect } from 'react'

/** j and k enter the list from anywhere on the page; once the focus is in it the table moves by itself. */
export function useListKeys(): void {
  useEffect(() => {
    const enter = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || (event.key !== 'j' && event.key !== 'k')) return
      if (!(event.target instanceof HTMLElement) || event.target.closest('input, select, textarea, dialog, table')) return
      const links = document.querySelectorAll<HTMLElement>('[data-row-link]')
      const link = event.key === 'j' ? links[0] : links[links.length - 1]
      if (!link) return
      event.preventDefault()
      link.focus()
    }
    document.addEventListener('keydown', enter)
    return () => document.removeEventListener('keydown', enter)
  }, [])
}
