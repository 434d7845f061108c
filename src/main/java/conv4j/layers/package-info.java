/** Layers with Keras' names, arguments, defaults and weight layouts. A layer is settings and a rule that adds operations to a graph. */
package conv4j.layers;
