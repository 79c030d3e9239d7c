export { SesRegion, type SesRegionOverrides } from './region';
