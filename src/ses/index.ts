export { SesRegion, SesRegionOverrides } from './region';
