export { default } from '../../nothing.js';
