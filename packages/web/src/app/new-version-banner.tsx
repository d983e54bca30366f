import { newVersion } from '../offline/new-version.ts'
import { useValue } from '../state/use-value.ts'
import { Banner, BannerButton } from './banner.tsx'

/** Says that a reload brings a newer program, and leaves it to whoever may be writing. */
export function NewVersionBanner() {
  const isNew = useValue(newVersion)
  return (
    <Banner isShown={isNew}>
      <span>A new version is ready.</span>
      <BannerButton onClick={() => location.reload()}>Reload</BannerButton>
    </Banner>
  )
}
