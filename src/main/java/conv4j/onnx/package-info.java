/**
 * ONNX files: models of conv4j written as ONNX, ONNX networks read as models of conv4j, and single ONNX operators run on a
 * device.
 */
package conv4j.onnx;
