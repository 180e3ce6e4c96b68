"""BrainNetCNN: edges see their row and column, nodes gather their edges, the graph gathers its nodes.

In:   weights (N, C_in, n, n) between n nodes in a fixed order.
Out:  features (N, graph_width, 1, 1).
Not:  no graph of another number of nodes: the kernels are as wide as the matrix.

Reference: Kawahara et al., BrainNetCNN, NeuroImage 2017; 146:1038-1049.
Differs:   one edge-to-edge layer by default; batch normalization.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from isocenter.core.errors import PlanError
from isocenter.core.method import Card
from isocenter.learning.encoder import Encoder, Features

SLOPE = 0.33


@dataclass(frozen=True, kw_only=True)
class BrainNetCNNConfig:
    """Shape of one encoder."""

    dimensions: int = 2
    in_channels: int = 1
    nodes: int = 116
    """n."""
    edge_widths: tuple[int, ...] = (16,)
    """Features of each edge-to-edge layer; () = none."""
    node_width: int = 32
    graph_width: int = 64
    dropout: float = 0.5

    def __post_init__(self) -> None:
        """PlanError when the numbers make no network."""
        if self.dimensions != 2 or self.nodes < 2:
            raise PlanError(f"expected a matrix of at least 2 nodes, got {self.nodes} nodes and {self.dimensions} dimensions.")


class EdgeToEdge(nn.Module):
    """(N, C, n, n) -> (N, F, n, n): each edge becomes the sum of its row's and its column's responses."""

    def __init__(self, n_in: int, n_out: int, nodes: int) -> None:
        super().__init__()
        self.row = nn.Conv2d(n_in, n_out, (1, nodes))
        self.column = nn.Conv2d(n_in, n_out, (nodes, 1))

    def forward(self, edges: Tensor) -> Tensor:
        """Return new edges."""
        made: Tensor = self.row(edges) + self.column(edges)  # (N, F, n, 1) + (N, F, 1, n)
        return made


class BrainNetCNN(Features):
    """(N, C_in, n, n) -> (N, graph_width, 1, 1)."""

    def __init__(self, config: BrainNetCNNConfig) -> None:
        super().__init__()
        c = config
        self.features, self.stride, self.center = c.graph_width, c.nodes, (c.nodes - 1) / 2
        layers: list[nn.Module] = []
        n_in = c.in_channels
        for width in c.edge_widths:
            layers += [EdgeToEdge(n_in, width, c.nodes), nn.BatchNorm2d(width), nn.LeakyReLU(SLOPE)]
            n_in = width
        layers += [nn.Conv2d(n_in, c.node_width, (1, c.nodes)), nn.BatchNorm2d(c.node_width), nn.LeakyReLU(SLOPE)]  # edge to node
        layers += [nn.Dropout(c.dropout), nn.Conv2d(c.node_width, c.graph_width, (c.nodes, 1))]  # node to graph
        layers += [nn.BatchNorm2d(c.graph_width), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers)

    def forward(self, image: Tensor) -> Tensor:
        """Return features; see the class."""
        features: Tensor = self.layers(image)
        return features


ENCODER = Encoder(
    card=Card(
        name="brainnetcnn",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Kawahara et al., NeuroImage 2017; 146:1038-1049",
        differs="one edge-to-edge layer by default; batch normalization",
    ),
    config=BrainNetCNNConfig,
    build=BrainNetCNN,
)
